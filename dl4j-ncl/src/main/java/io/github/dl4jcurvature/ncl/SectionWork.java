/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The work of a step on one parameter matrix: gradient, deviation from the mean, momentum and step as matrices of doubles.
 *
 * <p>Views of the vectors that stay are made once, for making them costs more than copying small layers.
 */
final class SectionWork {
    private final SectionPlan plan;
    private final StepRule rule;
    private final Room deviation;
    private final Room gradient;
    private final Room momentum;
    private final Room step;
    private final List<INDArray> values;
    private final List<INDArray> mean;
    private final List<INDArray> savedMomentum;

    /** A matrix and views of the rows of each part. */
    private record Room(INDArray matrix, List<INDArray> rows) {
        static Room of(SectionPlan plan) {
            INDArray matrix = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', plan.rows(), plan.columns());
            matrix.assign(0);
            return new Room(matrix, plan.rowsOf(matrix));
        }

        MatrixView vector() {
            return MatrixView.of(matrix).flattened();
        }
    }

    /**
     * Prepares the work on a matrix.
     *
     * @param values parameters of the layer, live
     * @param state of the layer
     */
    SectionWork(SectionPlan plan, StepRule rule, INDArray values, NclState state) {
        this.plan = plan;
        this.rule = rule;
        this.values = plan.parts(values);
        mean = plan.parts(state.mean());
        savedMomentum = plan.parts(state.momentum());
        deviation = Room.of(plan);
        gradient = Room.of(plan);
        momentum = Room.of(plan);
        step = Room.of(plan);
    }

    StepRule rule() {
        return rule;
    }

    /** Takes the matrix of a gradient of the layer and adds the gradient of the penalty. */
    void takeGradient(List<INDArray> parts, double priorWeight) {
        SectionPlan.copy(parts, gradient.rows());
        if (priorWeight > 0) {
            updateDeviation(step);
            rule.addPenaltyGradient(priorWeight, deviation.matrix(), gradient.matrix());
        }
    }

    /** theta - mu, by way of a room whose content is lost. */
    private void updateDeviation(Room scratch) {
        SectionPlan.copy(values, deviation.rows());
        SectionPlan.copy(mean, scratch.rows());
        Gemm.axpy(-1, scratch.vector(), deviation.vector());
    }

    /** Hands the gradient back. */
    void giveGradient(List<INDArray> parts) {
        SectionPlan.copy(gradient.rows(), parts);
    }

    /** Adds the gradient to the momentum and makes a step of it. */
    void step(double decay, double rate, List<INDArray> parts) {
        SectionPlan.copy(savedMomentum, momentum.rows());
        Gemm.scale(decay, momentum.vector()); // rho m
        Gemm.axpy(1, gradient.vector(), momentum.vector()); // + g
        SectionPlan.copy(momentum.rows(), savedMomentum);
        rule.step(rate, momentum.matrix(), step.matrix());
        SectionPlan.copy(step.rows(), parts);
    }

    /** Takes a step that was made elsewhere, for {@link #squaredStep}. */
    void takeStep(List<INDArray> parts) {
        SectionPlan.copy(parts, step.rows());
    }

    /** Half of the deviation's squared length in the metric of the prior. */
    double penalty() {
        updateDeviation(gradient);
        return 0.5 * rule.quadratic(deviation.matrix());
    }

    /** Squared length of the last step in the metric of the prior. */
    double squaredStep() {
        return rule.quadratic(step.matrix());
    }

    /** The present parameters, a copy. */
    INDArray parameters() {
        Room copy = Room.of(plan);
        SectionPlan.copy(values, copy.rows());
        return copy.matrix();
    }
}
