/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;

/**
 * When weights are removed and how many: sparsity as a function of the network's iteration count.
 *
 * <p>A removal may be made in several increments with scores and compensation computed anew in between; that costs curvature
 * passes but no training, and is the better the more there are.
 */
public final class PruningSchedule implements Serializable {
    private static final long serialVersionUID = 1L;

    private enum Shape {
        STEP,
        LINEAR,
        CUBIC
    }

    private final Shape shape;
    private final int start;
    private final int end;
    private final int every;
    private final int increments;

    private PruningSchedule(Shape shape, int start, int end, int every, int increments) {
        this.shape = shape;
        this.start = start;
        this.end = end;
        this.every = every;
        this.increments = increments;
    }

    /**
     * All at once, after the given iteration.
     *
     * @param iteration iteration count of the network, at least 0
     * @return the schedule
     * @throws IllegalArgumentException if the iteration is negative
     */
    public static PruningSchedule at(int iteration) {
        requireStart(iteration);
        return new PruningSchedule(Shape.STEP, iteration, iteration, 1, 1);
    }

    /**
     * Sparsity grows in equal steps from start to end.
     *
     * @param start iteration count at which it begins to grow, at least 0
     * @param end iteration count at which it is reached, after the start
     * @param every iterations from one removal to the next, at least 1
     * @return the schedule
     * @throws IllegalArgumentException if the schedule ends before it starts or a value is out of range
     */
    public static PruningSchedule linear(int start, int end, int every) {
        return gradual(Shape.LINEAR, start, end, every);
    }

    /**
     * Sparsity grows fast at first: \( s(t) = s_f \bigl(1 - (1 - \tfrac{t - t_0}{t_1 - t_0})^3\bigr) \).
     *
     * <p>Source: Zhu and Gupta, To prune, or not to prune, ICLR workshop 2018, equation 1.
     *
     * @param start \( t_0 \), iteration count at which it begins to grow, at least 0
     * @param end \( t_1 \), iteration count at which it is reached, after the start
     * @param every iterations from one removal to the next, at least 1
     * @return the schedule
     * @throws IllegalArgumentException if the schedule ends before it starts or a value is out of range
     */
    public static PruningSchedule cubic(int start, int end, int every) {
        return gradual(Shape.CUBIC, start, end, every);
    }

    /**
     * The same with every removal made in several increments.
     *
     * @param count increments of a removal, at least 1
     * @return a copy
     * @throws IllegalArgumentException if the count is less than 1
     */
    public PruningSchedule increments(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "increments must be at least 1 but is %d; use 1 or more".formatted(count));
        }
        return new PruningSchedule(shape, start, end, every, count);
    }

    int increments() {
        return increments;
    }

    boolean isOver(int iteration) {
        return iteration >= end;
    }

    /** Whether the last removal lies before this iteration. */
    boolean isPast(int iteration) {
        return iteration > end;
    }

    /** Whether weights are removed after this iteration. */
    boolean isEvent(int iteration) {
        return iteration >= start && iteration <= end && (iteration == end || (iteration - start) % every == 0);
    }

    /** The sparsity to have after an iteration from start to end. */
    double sparsity(int iteration, double target) {
        if (iteration >= end) {
            return target;
        }
        double progress = (double) (iteration - start) / (end - start);
        double left = 1 - progress;
        return shape == Shape.LINEAR ? target * progress : target * (1 - left * left * left);
    }

    private static PruningSchedule gradual(Shape shape, int start, int end, int every) {
        requireStart(start);
        if (end <= start) {
            throw new IllegalArgumentException(
                    "end must come after start but they are %d and %d; let the schedule end later, or use at(iteration)"
                            .formatted(end, start));
        }
        if (every < 1) {
            throw new IllegalArgumentException("every must be at least 1 but is %d; use 1 or more".formatted(every));
        }
        return new PruningSchedule(shape, start, end, every, 1);
    }

    private static void requireStart(int iteration) {
        if (iteration < 0) {
            throw new IllegalArgumentException(
                    "start must be at least 0 but is %d; use the iteration count of the network".formatted(iteration));
        }
    }

    @Override
    public String toString() {
        return "PruningSchedule(%s, from %d to %d, every %d, increments %d)"
                .formatted(shape, start, end, every, increments);
    }
}
