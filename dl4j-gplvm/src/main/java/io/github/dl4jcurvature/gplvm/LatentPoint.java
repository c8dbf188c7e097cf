/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * Variational distribution of the latent of one time: \(g = \mu \cdot \mathrm{Exp}(x)\), \(x \sim N(0, L L^\top)\). Source: Falorsi,
 * de Haan, Davidson and Forre (AISTATS 2019).
 */
final class LatentPoint {
    private final Manifold manifold;
    private final double[] raw;
    private final double[] mean;
    private final TangentGaussian gaussian;
    private final int images;

    /**
     * A distribution.
     *
     * @param raw parameters of the mean, not necessarily normalised
     * @param images wraps on either side in the density
     */
    LatentPoint(Manifold manifold, double[] raw, TangentGaussian gaussian, int images) {
        this.manifold = manifold;
        this.raw = raw;
        this.gaussian = gaussian;
        this.images = images;
        mean = manifold.project(raw);
    }

    LatentSample sample(double[] noise) {
        double[] x = gaussian.sample(noise);
        double[] point = manifold.move(mean, manifold.exponential(x));
        DensityGradient gradient = new DensityGradient(x.length);
        double logDensity = manifold.logDensity(gaussian, x, images, gradient);
        return new LatentSample(noise, x, point, logDensity, gradient);
    }

    /**
     * Adds the derivatives with respect to the parameters.
     *
     * @param toPoint cotangent of the point
     * @param toDensity cotangent of the log density
     * @param toRaw receives those of the mean
     * @param toFactor receives those of L, lower triangle
     */
    void backward(LatentSample sample, double[] toPoint, double toDensity, double[] toRaw, double[] toFactor) {
        int d = sample.tangent().length;
        double[] toMean = new double[mean.length];
        double[] toStep = new double[mean.length];
        manifold.moveBackward(mean, manifold.exponential(sample.tangent()), toPoint, toMean, toStep);
        manifold.projectBackward(raw, toMean, toRaw);
        double[] toTangent = new double[d];
        manifold.exponentialBackward(sample.tangent(), toStep, toTangent);
        for (int i = 0; i < d; i++) {
            double each = toTangent[i] + toDensity * sample.gradient().toTangent[i];
            for (int j = 0; j <= i; j++) {
                toFactor[i * d + j] += each * sample.noise()[j] + toDensity * sample.gradient().toFactor[i * d + j];
            }
        }
    }
}
