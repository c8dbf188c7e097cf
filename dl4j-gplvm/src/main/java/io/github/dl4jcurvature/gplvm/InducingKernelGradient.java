/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Derivatives of a value with respect to what an {@link InducingKernel} is made of. */
final class InducingKernelGradient {
    final double[] inducing; // features [M, F]
    final double[] lengthScales;
    final double[] factor; // L, lower triangle [M, M]
    double variance;

    InducingKernelGradient(int inducing, int features, int lengthScales) {
        this.inducing = new double[inducing * features];
        this.lengthScales = new double[lengthScales];
        factor = new double[inducing * inducing];
    }

    void add(InducingKernelGradient other) {
        addAll(other.inducing, inducing);
        addAll(other.lengthScales, lengthScales);
        addAll(other.factor, factor);
        variance += other.variance;
    }

    static void addAll(double[] from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }
}
