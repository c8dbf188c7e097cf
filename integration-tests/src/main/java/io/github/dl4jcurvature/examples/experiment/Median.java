/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.List;

/** The middle of a sample. */
public final class Median {
    private Median() {}

    /**
     * The upper median.
     *
     * @param values in any order
     * @return the middle value, NaN if there is none
     */
    public static double of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(x -> x).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
