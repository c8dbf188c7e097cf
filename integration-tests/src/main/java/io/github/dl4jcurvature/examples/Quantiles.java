/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.Arrays;

/** Quantiles of a few measurements. */
final class Quantiles {
    private Quantiles() {}

    /** The value below which the given fraction of the values lies, linear between neighbours; 0.5 is the median. */
    static double of(double[] values, double fraction) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double position = fraction * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
