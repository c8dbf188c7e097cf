/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.Objects;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A rate that rises linearly in the first quarter of a task and falls linearly to a twentieth until its end, anew in every task. The
 * first gradients of a new task are its largest, and what is forgotten then does not come back.
 */
final class WarmUpAndDecay implements ISchedule {
    private static final long serialVersionUID = 1L;
    private static final double LAST = 0.05;
    private static final int WARM_UP_SHARE = 4;

    private final double rate;
    private final int iterations;

    WarmUpAndDecay(double rate, int iterations) {
        this.rate = rate;
        this.iterations = iterations;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        int inTask = iteration % iterations;
        double decayed = 1 - (1 - LAST) * inTask / iterations;
        double warmUp = Math.max(1, iterations / WARM_UP_SHARE);
        return rate * decayed * Math.min(1, (inTask + 1) / warmUp);
    }

    @Override
    public ISchedule clone() {
        return new WarmUpAndDecay(rate, iterations);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WarmUpAndDecay that && that.rate == rate && that.iterations == iterations;
    }

    @Override
    public int hashCode() {
        return Objects.hash(rate, iterations);
    }
}
