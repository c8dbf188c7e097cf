/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;

import io.github.dl4jcurvature.fisher.KeptArrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The state of one layer, all of it in the view that the host saves.
 *
 * <p>Counters are stored in the type of the network; FLOAT holds whole numbers exactly up to 16 777 216.
 */
final class NclState {
    private static final int TASKS = 0;
    private static final int STEPS = 1;
    private static final int ADAM_STEPS = 2;
    private static final int EXAMPLES = 3;
    private static final int FISHER_TRACE = 4;
    private static final int DIVERGENCE = 5;
    /** Position of the checksum of what is remembered. */
    static final int CHECKSUM = 6;

    private final LayerPlan plan;
    private final INDArray view;
    private final KeptArrays kept = new KeptArrays();

    NclState(LayerPlan plan, INDArray view) {
        this.plan = plan;
        this.view = view;
    }

    private INDArray slice(long from, long length) {
        return view.get(NDArrayIndex.interval(from, from + length));
    }

    /**
     * Keeps what a step changes, for {@link #undo}.
     *
     * @param everything whether what is remembered may change as well
     */
    void keep(boolean everything) {
        INDArray second = secondMoment();
        INDArray moving = slice(0, LayerPlan.HEADER + plan.parameters()); // counters and momentum, which come first
        if (everything) {
            kept.keep(List.of(view));
        } else {
            kept.keep(second == null ? List.of(moving) : List.of(moving, second));
        }
    }

    /** Goes back to what was kept last. */
    void undo() {
        kept.undo();
    }

    INDArray momentum() {
        return slice(LayerPlan.HEADER, plan.parameters());
    }

    /** Mean of the prior: the parameters at the end of the last task that trained the layer, at first zero. */
    INDArray mean() {
        return slice(LayerPlan.HEADER + plan.parameters(), plan.parameters());
    }

    /** Second moment of gradients for Adam's steps; null for others. */
    @Nullable
    INDArray secondMoment() {
        return plan.secondMoment() ? slice(LayerPlan.HEADER + 2 * plan.parameters(), plan.parameters()) : null;
    }

    /** What is remembered, from its beginning. */
    StateSlots slots() {
        return new StateSlots(slotsView());
    }

    private INDArray slotsView() {
        long from = LayerPlan.HEADER + (plan.secondMoment() ? 3 : 2) * plan.parameters();
        return view.get(NDArrayIndex.interval(from, view.length()));
    }

    /** Whether there are slots at all. */
    boolean remembers() {
        return plan.sections().stream().anyMatch(section -> section.stateSize() > 0);
    }

    /** Number of tasks that trained the layer and have ended. */
    long tasks() {
        return counter(TASKS);
    }

    /** Ends a task, once what was learned of it is written. */
    void countTask(double fisherTrace, double divergence) {
        add(TASKS, 1);
        view.putScalar(CHECKSUM, (double) checksum());
        view.putScalar(FISHER_TRACE, fisherTrace);
        view.putScalar(DIVERGENCE, divergence);
        view.putScalar(EXAMPLES, 0);
    }

    private long checksum() {
        StateChecksum checksum = new StateChecksum(view.dataType()).with(mean());
        return (remembers() ? checksum.with(slotsView()) : checksum).value();
    }

    /**
     * Refuses what is not as it was written at the end of the last task.
     *
     * @throws IllegalStateException if mean or remembered numbers have changed
     */
    void requireUnchangedMemory() {
        double stored = view.getDouble(CHECKSUM);
        boolean ended = view.getDouble(TASKS) != 0;
        if (ended && stored != checksum()) {
            throw new IllegalStateException(
                    "what Ncl remembers of layer '%s' has changed since the end of task %d (checksum %d but stored %s), as when replicas that remember different things are averaged, when another number of them than 2, 4, 8 or 16 is, or when the network is converted to another type; call Ncl.endTask on the averaged network only, do not combine consolidateEvery with averaging, average 2, 4, 8 or 16 replicas, and choose the type before the first task"
                            .formatted(plan.layer(), tasks(), checksum(), stored));
        }
    }

    /** Trace of the Fisher information of the last task, per data point. */
    double fisherTrace() {
        return view.getDouble(FISHER_TRACE);
    }

    /** Divergence of the last sum in nats. */
    double divergence() {
        return view.getDouble(DIVERGENCE);
    }

    /** Number of steps taken. */
    long steps() {
        return counter(STEPS);
    }

    void countStep() {
        add(STEPS, 1);
    }

    /** Number of steps in Adam's moments. */
    long adamSteps() {
        return counter(ADAM_STEPS);
    }

    void countAdamStep() {
        add(ADAM_STEPS, 1);
    }

    /** Starts the moments anew. */
    void resetMoments() {
        momentum().assign(0);
        INDArray second = secondMoment();
        if (second != null) {
            second.assign(0);
        }
        view.putScalar(ADAM_STEPS, 0);
    }

    /** Examples seen since something was last remembered. */
    long examples() {
        return counter(EXAMPLES);
    }

    void clearExamples() {
        view.putScalar(EXAMPLES, 0);
    }

    void countExamples(long examples) {
        add(EXAMPLES, examples);
    }

    /** Replicas whose counts differ leave fractions when the host averages them. */
    private long counter(int index) {
        return Math.round(view.getDouble(index));
    }

    private void add(int index, long increment) {
        view.putScalar(index, (double) (counter(index) + increment));
    }
}
