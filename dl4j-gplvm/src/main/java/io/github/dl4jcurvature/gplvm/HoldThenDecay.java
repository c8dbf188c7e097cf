/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Objects;

import org.nd4j.linalg.schedule.ISchedule;

/** A rate that stays for a part of the iterations and then falls to a tenth along half a cosine. */
final class HoldThenDecay implements ISchedule {
    private static final long serialVersionUID = 1L;
    private static final double HELD = 0.6;
    private static final double LAST = 0.1;

    private double rate;
    private int iterations;

    /** For deserialisation. */
    @SuppressWarnings("unused") // the host's JSON needs it
    private HoldThenDecay() {}

    HoldThenDecay(double rate, int iterations) {
        this.rate = rate;
        this.iterations = iterations;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        double held = HELD * iterations;
        double done = Math.min(1, Math.max(0, (iteration - held) / (iterations - held)));
        return rate * (LAST + (1 - LAST) * 0.5 * (1 + Math.cos(Math.PI * done)));
    }

    @Override
    public ISchedule clone() {
        return new HoldThenDecay(rate, iterations);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HoldThenDecay that && rate == that.rate && iterations == that.iterations;
    }

    @Override
    public int hashCode() {
        return Objects.hash(rate, iterations);
    }
}
