/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.Objects;

import org.nd4j.linalg.schedule.ISchedule;

/** A rate that falls linearly to a twentieth while a task is learned, and starts anew with the next. */
final class DecayPerTask implements ISchedule {
    private static final long serialVersionUID = 1L;
    private static final double LAST = 0.05;

    private final double rate;
    private final int iterations;

    DecayPerTask(double rate, int iterations) {
        this.rate = rate;
        this.iterations = iterations;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        double done = (double) (iteration % iterations) / iterations;
        return rate * (1 - (1 - LAST) * done);
    }

    @Override
    public ISchedule clone() {
        return new DecayPerTask(rate, iterations);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DecayPerTask that && that.rate == rate && that.iterations == iterations;
    }

    @Override
    public int hashCode() {
        return Objects.hash(rate, iterations);
    }
}
