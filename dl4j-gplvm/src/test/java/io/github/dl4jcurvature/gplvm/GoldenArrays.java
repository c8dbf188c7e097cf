/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Nested lists of recorded numbers as arrays. */
final class GoldenArrays {
    private GoldenArrays() {}

    static double[] vector(JsonNode node) {
        double[] values = new double[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).doubleValue();
        }
        return values;
    }

    static double[][] matrix(JsonNode node) {
        double[][] rows = new double[node.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = vector(node.get(i));
        }
        return rows;
    }

    static double[][][] cube(JsonNode node) {
        double[][][] slices = new double[node.size()][][];
        for (int i = 0; i < slices.length; i++) {
            slices[i] = matrix(node.get(i));
        }
        return slices;
    }

    static double[] flattened(double[][] rows) {
        return java.util.Arrays.stream(rows)
                .flatMapToDouble(java.util.Arrays::stream)
                .toArray();
    }

    /** Entries differ by at most the tolerance times the largest of the recorded ones, at least 1. */
    static void assertClose(double[] actual, double[] recorded, double tolerance, String what) {
        assertThat(actual).as(what).hasSameSizeAs(recorded);
        double scale = 1;
        for (double value : recorded) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < recorded.length; i++) {
            assertThat(Math.abs(actual[i] - recorded[i]) / scale)
                    .as("%s, entry %d: %s, recorded %s", what, i, actual[i], recorded[i])
                    .isLessThanOrEqualTo(tolerance);
        }
    }
}
