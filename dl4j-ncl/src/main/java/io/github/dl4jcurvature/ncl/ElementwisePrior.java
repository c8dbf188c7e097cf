/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gaussian prior with a diagonal precision \( N d \), \( \Lambda X = d \circ X \): elastic weight consolidation (Kirkpatrick et al.,
 * PNAS 2017) with one mean and one sum of Fisher information over all tasks. Before the first task \( d = p / N \).
 */
final class ElementwisePrior implements StepRule {
    private final KroneckerPrior.Settings settings;
    private final boolean learns;
    private final INDArray precision;
    private @Nullable INDArray inverse;

    /**
     * A prior.
     *
     * @param learns whether Fisher information is added; if not, the prior keeps its first precision, and only the mean moves
     * @param precision d, shape [r, c], kept
     */
    ElementwisePrior(KroneckerPrior.Settings settings, boolean learns, INDArray precision) {
        this.settings = settings;
        this.learns = learns;
        this.precision = precision;
    }

    static INDArray initial(long rows, long columns, double priorPrecision, double dataSize) {
        INDArray precision = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', rows, columns);
        return precision.assign(priorPrecision / dataSize);
    }

    static INDArray read(long rows, long columns, StateSlots slots) {
        INDArray precision = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', rows, columns);
        return precision.assign(Nd4j.createFromArray(slots.read(rows * columns)).reshape('f', rows, columns));
    }

    @Override
    public void write(StateSlots slots) {
        slots.write(precision.dup('f').data().asDouble());
    }

    @Override
    public void addPenaltyGradient(double weight, INDArray deviation, INDArray gradient) {
        INDArray product = precision.mul(deviation);
        Gemm.axpy(
                weight,
                MatrixView.of(product.ordering() == 'f' ? product : product.dup('f'))
                        .flattened(),
                MatrixView.of(gradient).flattened());
    }

    @Override
    public void step(double rate, INDArray momentum, INDArray step) {
        step.assign(momentum);
        if (settings.natural()) {
            step.muli(inverse()).muli(rate / settings.dataSize());
        } else {
            step.muli(rate);
        }
    }

    private INDArray inverse() {
        if (inverse == null) {
            double damping = settings.damping().added(precision.meanNumber().doubleValue());
            INDArray fresh =
                    Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', precision.size(0), precision.size(1));
            inverse = fresh.assign(precision).addi(damping).rdivi(1);
        }
        return inverse;
    }

    @Override
    public double quadratic(INDArray x) {
        return precision.mul(x).muli(x).sumNumber().doubleValue();
    }

    @Override
    public Consolidated consolidate(TaskStatistics statistics) {
        INDArray fisher = statistics.requiredSquares().mul(statistics.weight());
        double trace = fisher.sumNumber().doubleValue();
        if (!StepRule.isPresent(trace)) {
            return Consolidated.UNTRAINED;
        }
        if (!learns) {
            return new Consolidated(true, trace, 0);
        }
        precision.muli(settings.forgetting()).addi(fisher);
        inverse = null;
        return new Consolidated(true, trace, 0);
    }
}
