/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Losses in the course of a training run. */
public final class LearningCurve {
    /**
     * State of a run after some steps.
     *
     * @param step number of steps taken
     * @param seconds time spent in steps, without evaluation
     * @param train mean loss of the training examples
     * @param test mean loss of the test examples
     */
    public record Point(int step, double seconds, double train, double test) {}

    private final List<Point> points = new ArrayList<>();

    void add(Point point) {
        points.add(point);
    }

    /**
     * All points.
     *
     * @return in the order of steps; a read-only view
     */
    public List<Point> points() {
        return Collections.unmodifiableList(points);
    }

    /**
     * The latest point.
     *
     * @return point with the most steps
     * @throws IllegalStateException if nothing was recorded
     */
    public Point last() {
        if (points.isEmpty()) {
            throw new IllegalStateException("the curve has no point yet; call record() on its training run first");
        }
        return points.get(points.size() - 1);
    }

    /**
     * One coordinate of all points.
     *
     * @param coordinate such as {@code Point::test}
     * @return in the order of steps
     */
    public double[] values(ToDoubleFunction<Point> coordinate) {
        return points.stream().mapToDouble(coordinate).toArray();
    }
}
