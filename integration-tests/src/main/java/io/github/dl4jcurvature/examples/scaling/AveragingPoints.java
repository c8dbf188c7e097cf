/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;

/**
 * How many workers a driver's link feeds when replicas are averaged: as long as it takes to send parameters and state to W workers and
 * back, \(2 W (n + S) b / B\), each takes k steps of t seconds, so that \(W = k t B / 2 (n + S) b\).
 */
final class AveragingPoints {
    private static final int STEPS = 100;
    private static final int BYTES = 4;
    private static final double BITS_PER_BYTE = 8;
    private static final double[] GIGABITS = {1, 10};

    private final TextTable table =
            new TextTable("width", "updater", "MB a round and worker", "workers at 1 Gbit/s", "at 10 Gbit/s");
    private final Figures figures;

    AveragingPoints(Figures figures) {
        this.figures = figures;
    }

    /** Adds an updater in a FLOAT network. */
    void add(int width, String updater, long parameters, long state, double secondsPerStep) {
        double bytes = 2.0 * (double) (parameters + state) * BYTES;
        double[] workers = new double[GIGABITS.length];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = STEPS * secondsPerStep * GIGABITS[i] * 1e9 / BITS_PER_BYTE / bytes;
            figures.put("workers.%s.%d.gigabits.%.0f".formatted(updater, width, GIGABITS[i]), workers[i]);
        }
        table.row(
                Integer.toString(width),
                updater,
                "%.1f".formatted(1e-6 * bytes),
                "%.1f".formatted(workers[0]),
                "%.1f".formatted(workers[1]));
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
