/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;

import io.github.dl4jcurvature.fisher.KeptArrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The state of one block, all of it in the view that the host saves: counters, momentum, \( \lambda \) and its moments.
 *
 * <p>Counters are stored in the type of the network; FLOAT holds whole numbers exactly up to 16 777 216.
 */
final class FishLegState {
    private static final int STEPS = 0;
    private static final int AUXILIARY_STEPS = 1;
    private static final int SKIPPED = 2;
    private static final int INITIAL_SCALE = 3;

    private final INDArray view;
    private final INDArray moving; // counters and momentum, which change in every step
    private final INDArray momentum;
    private final INDArray factors;
    private final INDArray firstMoment;
    private final INDArray secondMoment;
    private final @Nullable INDArray average;
    private final KeptArrays kept = new KeptArrays();

    FishLegState(BlockPlan plan, INDArray view) {
        this.view = view;
        long size = plan.factors();
        long start = BlockPlan.HEADER + plan.parameters();
        moving = Factors.slice(view, 0, start);
        momentum = Factors.slice(view, BlockPlan.HEADER, plan.parameters());
        factors = Factors.slice(view, start, size);
        firstMoment = Factors.slice(view, start + size, size);
        secondMoment = Factors.slice(view, start + 2 * size, size);
        average = plan.averaged() ? Factors.slice(view, start + 3 * size, plan.parameters()) : null;
    }

    /**
     * Keeps what a step changes, for {@link #undo}.
     *
     * @param everything whether the factors may change as well
     */
    void keep(boolean everything) {
        if (everything) {
            kept.keep(List.of(view));
        } else {
            kept.keep(average == null ? List.of(moving) : List.of(moving, average));
        }
    }

    /** Goes back to what was kept last. */
    void undo() {
        kept.undo();
    }

    INDArray momentum() {
        return momentum;
    }

    INDArray factors() {
        return factors;
    }

    INDArray firstMoment() {
        return firstMoment;
    }

    INDArray secondMoment() {
        return secondMoment;
    }

    /** Exponential average of the gradient; null unless probes are such averages. */
    @Nullable
    INDArray average() {
        return average;
    }

    /** Number of parameter steps taken. */
    long steps() {
        return counter(STEPS);
    }

    void countStep() {
        view.putScalar(STEPS, steps() + 1.0);
    }

    /** Number of auxiliary steps taken. */
    long auxiliarySteps() {
        return counter(AUXILIARY_STEPS);
    }

    void countAuxiliaryStep() {
        view.putScalar(AUXILIARY_STEPS, auxiliarySteps() + 1.0);
    }

    /** Number of auxiliary steps left out because a quantity was zero or not finite. */
    long skipped() {
        return counter(SKIPPED);
    }

    void countSkipped() {
        view.putScalar(SKIPPED, skipped() + 1.0);
    }

    /** The scale of the initial Q. */
    double initialScale() {
        return view.getDouble(INITIAL_SCALE);
    }

    void initialScale(double scale) {
        view.putScalar(INITIAL_SCALE, scale);
    }

    /** Replicas whose counts differ leave fractions when the host averages them. */
    private long counter(int index) {
        return Math.round(view.getDouble(index));
    }
}
