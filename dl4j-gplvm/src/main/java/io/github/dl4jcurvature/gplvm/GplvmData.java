/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What data must be like, and what first values it gives. */
final class GplvmData {
    private static final double SMALLEST_VARIANCE = 0.05;

    private GplvmData() {}

    static void requireUsable(INDArray data, Likelihood likelihood, int inducing) {
        if (data.rank() != 2 || data.size(0) < 2) {
            throw new IllegalArgumentException("data has shape %s but must be [times, neurons] with at least two times"
                    .formatted(Arrays.toString(data.shape())));
        }
        if (data.size(1) < 2) {
            throw new IllegalArgumentException(
                    "data has %d neuron but latents need at least two to be found; check whether rows are times"
                            .formatted(data.size(1)));
        }
        if (inducing > data.size(0)) {
            throw new IllegalArgumentException(
                    "inducing is %d but must be at most the number of times, %d; take fewer inducing points"
                            .formatted(inducing, data.size(0)));
        }
        double[][] rows = DoubleRows.of(data.castTo(DataType.DOUBLE));
        int[] present = new int[rows[0].length];
        for (int t = 0; t < rows.length; t++) {
            boolean any = false;
            for (int n = 0; n < rows[t].length; n++) {
                likelihood.requireObservable(rows[t][n], t, n);
                boolean here = !Double.isNaN(rows[t][n]);
                any |= here;
                present[n] += here ? 1 : 0;
            }
            if (!any) {
                throw new IllegalArgumentException(
                        "row %d of the data has NaN only, so that its latent cannot be found; leave the time out"
                                .formatted(t));
            }
        }
        for (int n = 0; n < present.length; n++) {
            if (present[n] < 2) {
                throw new IllegalArgumentException(
                        "column %d of the data has %d entries that are not NaN but a neuron needs two; leave it out"
                                .formatted(n, present[n]));
            }
        }
    }

    /** Data [T, N] whose entries a likelihood can observe. */
    static Observations observations(INDArray data, Likelihood likelihood) {
        double[][] values =
                DoubleRows.of(data.castTo(DataType.DOUBLE).transpose().dup('c'));
        for (int n = 0; n < values.length; n++) {
            for (int t = 0; t < values[n].length; t++) {
                likelihood.requireObservable(values[n][t], t, n);
            }
        }
        return new Observations(values, (int) data.size(0));
    }

    /** First variance of the tuning of a neuron: its mean, as published, but not below a least value. */
    static double variance(double[] values) {
        return Math.max(SMALLEST_VARIANCE, mean(values));
    }

    static double mean(double[] values) {
        return Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(0);
    }

    /** Standard deviation of what is there. */
    static double deviation(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(1);
        return Math.sqrt(Math.max(squares, 1e-6));
    }
}
