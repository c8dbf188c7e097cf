/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Derivatives of a log density with respect to the tangent vector and, with the vector fixed, to the factor L. */
final class DensityGradient {
    final double[] toTangent;
    final double[] toFactor; // [d, d], lower

    DensityGradient(int dimension) {
        toTangent = new double[dimension];
        toFactor = new double[dimension * dimension];
    }

    /** Adds the derivatives of the part that stands at {@code from}. */
    void add(DensityGradient part, int from) {
        int size = part.toTangent.length;
        int dimension = toTangent.length;
        for (int i = 0; i < size; i++) {
            toTangent[from + i] += part.toTangent[i];
            for (int j = 0; j <= i; j++) {
                toFactor[(from + i) * dimension + from + j] += part.toFactor[i * size + j];
            }
        }
    }

    /**
     * Adds one term of \(\partial \log q / \partial L = \sum_k \pi_k (s_k w_k^\top - \mathrm{diag}(1 / L_{ii}))\), lower triangle.
     */
    void addFactor(double weight, double[] s, double[] w, TangentGaussian gaussian) {
        int d = toTangent.length;
        for (int i = 0; i < d; i++) {
            for (int j = 0; j <= i; j++) {
                toFactor[i * d + j] += weight * s[i] * w[j];
            }
            toFactor[i * d + i] -= weight / gaussian.l(i, i);
        }
    }
}
