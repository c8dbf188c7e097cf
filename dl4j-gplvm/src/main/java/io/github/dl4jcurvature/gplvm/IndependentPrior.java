/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;

/**
 * The same prior at every time: uniform on compact factors, and on others a standard normal.
 *
 * @param manifold whose points have it
 * @param gaussian standard deviation of a normal around the identity on compact factors too; infinite for the uniform
 */
record IndependentPrior(Manifold manifold, double gaussian) {

    double logDensity(double[] point) {
        double sum = 0;
        int from = 0;
        for (Manifold factor : manifold.factors()) {
            double[] part = java.util.Arrays.copyOfRange(point, from, from + factor.embeddingSize());
            sum += factorDensity(factor, part);
            from += factor.embeddingSize();
        }
        return sum;
    }

    private boolean isUniform(Manifold factor) {
        return factor.isCompact() && Double.isInfinite(gaussian);
    }

    private TangentGaussian distribution(Manifold factor) {
        return TangentGaussian.isotropic(factor.dimension(), factor.isCompact() ? gaussian : 1);
    }

    private double factorDensity(Manifold factor, double[] part) {
        return isUniform(factor)
                ? -factor.logVolume()
                : factor.logDensity(distribution(factor), factor.logarithm(part), factor.defaultImages(), null);
    }

    /** Adds the derivative of the weighted log density. */
    void backward(double[] point, double weight, double[] toPoint) {
        List<Manifold> factors = manifold.factors();
        int from = 0;
        for (Manifold factor : factors) {
            int size = factor.embeddingSize();
            if (!isUniform(factor)) {
                double[] part = java.util.Arrays.copyOfRange(point, from, from + size);
                DensityGradient gradient = new DensityGradient(factor.dimension());
                factor.logDensity(distribution(factor), factor.logarithm(part), factor.defaultImages(), gradient);
                for (int i = 0; i < gradient.toTangent.length; i++) {
                    gradient.toTangent[i] *= weight;
                }
                double[] toPart = new double[size];
                factor.logarithmBackward(part, gradient.toTangent, toPart);
                for (int i = 0; i < size; i++) {
                    toPoint[from + i] += toPart[i];
                }
            }
            from += size;
        }
    }
}
