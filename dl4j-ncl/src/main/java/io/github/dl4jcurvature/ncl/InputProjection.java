/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Projection of steps away from the inputs of earlier tasks, \( U = \eta P M \) with \( P = \alpha (\alpha I + \bar A)^{-1} \) for the
 * mean \( \bar A \) over the tasks of \( E[z z^\top] \): orthogonal weight modification (Zeng et al., Nature Machine Intelligence
 * 2019). With outputs, \( U = \eta P M P' \) where \( P' \) is made of the mean of \( \Theta^\top E[z z^\top] \Theta \) (Duncker et al.,
 * NeurIPS 2020). Gains never exceed 1, and the first task is not projected.
 */
final class InputProjection implements StepRule {
    private final Damping damping;
    private final boolean withOutputs;
    private final INDArray scratch;
    private FactorPair means;
    private long tasks;
    private @Nullable FactorPair projections;

    InputProjection(Damping damping, boolean withOutputs, FactorPair means, long tasks) {
        this.damping = damping;
        this.withOutputs = withOutputs;
        this.means = means;
        this.tasks = tasks;
        scratch = Nd4j.createUninitializedDetached(
                DataType.DOUBLE, 'f', means.inputs().size(0), means.outputs().size(0));
    }

    static FactorPair read(long rows, long columns, boolean withOutputs, StateSlots slots) {
        return new FactorPair(
                slots.readSymmetric(rows),
                withOutputs
                        ? slots.readSymmetric(columns)
                        : FactorPair.scaledIdentity(1, columns, 0).outputs());
    }

    @Override
    public void write(StateSlots slots) {
        slots.writeSymmetric(means.inputs());
        if (withOutputs) {
            slots.writeSymmetric(means.outputs());
        }
    }

    @Override
    public void addPenaltyGradient(double weight, INDArray deviation, INDArray gradient) {
        // a projection has no prior
    }

    @Override
    public void step(double rate, INDArray momentum, INDArray step) {
        if (tasks == 0) {
            step.assign(momentum).muli(rate);
            return;
        }
        FactorPair both = projections();
        MatrixView left = MatrixView.of(both.inputs());
        if (withOutputs) {
            Gemm.multiply(1, left, MatrixView.of(momentum), 0, MatrixView.of(scratch));
            Gemm.multiply(rate, MatrixView.of(scratch), MatrixView.of(both.outputs()), 0, MatrixView.of(step));
        } else {
            Gemm.multiply(rate, left, MatrixView.of(momentum), 0, MatrixView.of(step));
        }
    }

    private FactorPair projections() {
        if (projections == null) {
            projections = new FactorPair(
                    projection(means.inputs()), withOutputs ? projection(means.outputs()) : means.outputs());
        }
        return projections;
    }

    private INDArray projection(INDArray mean) {
        double scale = damping.relative() ? new FactorPair(mean, mean).meanInput() : 1;
        double alpha = damping.value() * scale;
        INDArray sum = mean.dup('f');
        for (long i = 0; i < sum.size(0); i++) {
            sum.putScalar(i, i, sum.getDouble(i, i) + alpha);
        }
        return SymmetricInverse.of(sum).muli(alpha);
    }

    @Override
    public double quadratic(INDArray x) {
        return 0;
    }

    @Override
    public Consolidated consolidate(TaskStatistics statistics) {
        INDArray inputs = statistics.requiredCovariance();
        double trace = statistics.fisher().trace();
        if (!StepRule.isPresent(trace)) {
            return Consolidated.UNTRAINED;
        }
        tasks++;
        INDArray outputs = means.outputs();
        if (withOutputs) {
            INDArray theta = statistics.parameters();
            outputs = average(outputs, theta.transpose().mmul(inputs).mmul(theta));
        }
        means = new FactorPair(average(means.inputs(), inputs), outputs);
        projections = null;
        return new Consolidated(true, trace, 0);
    }

    private INDArray average(INDArray mean, INDArray next) {
        INDArray symmetric = next.add(next.transpose()).muli(0.5);
        return mean.add(symmetric.subi(mean).divi(tasks)).dup('f');
    }
}
