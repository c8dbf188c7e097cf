/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;

/**
 * How the lower factor L of a tangent covariance is made of unconstrained parameters:
 * \(L_{ii} = \sqrt{e^{2 r_{ii}} + f^2}\) with a floor f, \(L_{ij} = r_{ij}\) below the diagonal.
 */
final class FactorParameters {
    private final int dimension;
    private final double floor;
    private final List<int[]> entries = new ArrayList<>(); // row, column, parameter
    private final int count;

    /**
     * Parameters for a manifold.
     *
     * @param floor smallest standard deviation, in the units of tangent vectors
     */
    FactorParameters(Manifold manifold, TangentCovariance covariance, double floor) {
        dimension = manifold.dimension();
        this.floor = floor;
        int from = 0;
        int parameter = 0;
        for (Manifold factor : manifold.factors()) {
            TangentCovariance own = factor.needsIsotropy() ? TangentCovariance.ISOTROPIC : covariance;
            int d = factor.dimension();
            for (int i = 0; i < d; i++) {
                if (own == TangentCovariance.FULL) {
                    for (int j = 0; j < i; j++) {
                        entries.add(new int[] {from + i, from + j, parameter++});
                    }
                }
                boolean shared = own == TangentCovariance.ISOTROPIC && i > 0;
                entries.add(new int[] {from + i, from + i, shared ? parameter - 1 : parameter++});
            }
            from += d;
        }
        count = parameter;
    }

    int count() {
        return count;
    }

    /** Parameters of equal standard deviations in all directions. */
    double[] isotropic(double deviation) {
        double[] raw = new double[count];
        for (int[] entry : entries) {
            if (entry[0] == entry[1]) {
                raw[entry[2]] = 0.5 * Math.log(Math.max(deviation * deviation - floor * floor, 1e-12));
            }
        }
        return raw;
    }

    TangentGaussian gaussian(double[] raw) {
        double[] factor = new double[dimension * dimension];
        for (int[] entry : entries) {
            double value = raw[entry[2]];
            factor[entry[0] * dimension + entry[1]] =
                    entry[0] == entry[1] ? Math.sqrt(Math.exp(2 * value) + floor * floor) : value;
        }
        return new TangentGaussian(dimension, factor);
    }

    /** Adds what a cotangent of L gives for the parameters. */
    void backward(double[] raw, double[] toFactor, double[] toRaw) {
        for (int[] entry : entries) {
            double value = raw[entry[2]];
            double slope =
                    entry[0] == entry[1] ? Math.exp(2 * value) / Math.sqrt(Math.exp(2 * value) + floor * floor) : 1;
            toRaw[entry[2]] += slope * toFactor[entry[0] * dimension + entry[1]];
        }
    }
}
