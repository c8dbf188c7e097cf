/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.jspecify.annotations.Nullable;

/** Log density of a whole sequence of latents under a {@link LatentPrior}, with derivatives. */
final class SequencePrior {
    private final Manifold manifold;
    private final LatentPrior prior;
    private final double[] parameters;
    private final IndependentPrior independent;
    private final double correlation;
    private final double deviation;

    /**
     * A prior.
     *
     * @param parameters unconstrained
     */
    SequencePrior(Manifold manifold, LatentPrior prior, double[] parameters) {
        this.manifold = manifold;
        this.prior = prior;
        this.parameters = parameters;
        independent = new IndependentPrior(manifold, prior == LatentPrior.GAUSSIAN ? 1 : Double.POSITIVE_INFINITY);
        deviation = prior.isSequential() ? Math.exp(parameters[0]) : 1;
        correlation = prior == LatentPrior.AUTOREGRESSIVE ? Math.tanh(parameters[1]) : 0;
    }

    /** Derivatives with respect to points and parameters. */
    static final class Gradient {
        final double weight;
        final double[][] toPoints;
        final double[] toParameters;

        /**
         * Receives derivatives.
         *
         * @param weight of the log density in what is differentiated
         */
        Gradient(double weight, double[][] toPoints, double[] toParameters) {
            this.weight = weight;
            this.toPoints = toPoints;
            this.toParameters = toParameters;
        }
    }

    /**
     * \(\log p(g_1, \ldots, g_b)\).
     *
     * @param points [b, e]
     * @param gradient receives derivatives; may be null
     */
    double logDensity(double[][] points, @Nullable Gradient gradient) {
        if (!prior.isSequential()) {
            double sum = 0;
            for (int t = 0; t < points.length; t++) {
                sum += independentDensity(points, t, gradient);
            }
            return sum;
        }
        double sum = independentDensity(points, 0, gradient);
        for (int t = 1; t < points.length; t++) {
            sum += transition(points, t, gradient);
        }
        return sum;
    }

    private double independentDensity(double[][] points, int t, @Nullable Gradient gradient) {
        if (gradient != null) {
            independent.backward(points[t], gradient.weight, gradient.toPoints[t]);
        }
        return independent.logDensity(points[t]);
    }

    /** Density of the step to a time, given those before. */
    private double transition(double[][] points, int t, @Nullable Gradient gradient) {
        double[] step = manifold.relative(points[t - 1], points[t]);
        boolean first = t == 1 || prior == LatentPrior.BROWNIAN;
        double spread = prior == LatentPrior.AUTOREGRESSIVE && t == 1
                ? deviation / Math.sqrt(1 - correlation * correlation)
                : deviation;
        TangentGaussian gaussian = TangentGaussian.isotropic(manifold.dimension(), spread);
        double[] before = first ? new double[0] : manifold.relative(points[t - 2], points[t - 1]);
        double[] velocity = first ? new double[0] : manifold.logarithm(before);
        double[] predicted = scaled(correlation, velocity);
        double[] expected = first ? new double[0] : manifold.exponential(predicted);
        double[] residual = first ? step : manifold.relative(expected, step);
        double[] x = manifold.logarithm(residual);
        if (gradient == null) {
            return manifold.logDensity(gaussian, x, manifold.defaultImages(), null);
        }
        DensityGradient density = new DensityGradient(x.length);
        double value = manifold.logDensity(gaussian, x, manifold.defaultImages(), density);
        double weight = gradient.weight;
        double toSpread = 0;
        for (int i = 0; i < x.length; i++) {
            toSpread += weight * density.toFactor[i * x.length + i];
        }
        gradient.toParameters[0] += spread * toSpread;
        if (prior == LatentPrior.AUTOREGRESSIVE && t == 1) { // d spread / d r = spread phi
            gradient.toParameters[1] += toSpread * spread * correlation;
        }
        double[] toResidual = new double[residual.length];
        manifold.logarithmBackward(residual, scaled(weight, density.toTangent), toResidual);
        double[] toStep = toResidual;
        if (!first) {
            toStep = new double[step.length];
            double[] toExpected = new double[step.length];
            manifold.relativeBackward(expected, step, toResidual, toExpected, toStep);
            double[] toPredicted = new double[x.length];
            manifold.exponentialBackward(predicted, toExpected, toPredicted);
            gradient.toParameters[1] += (1 - correlation * correlation) * Manifold.dot(toPredicted, velocity);
            double[] toBefore = new double[before.length];
            manifold.logarithmBackward(before, scaled(correlation, toPredicted), toBefore);
            manifold.relativeBackward(
                    points[t - 2], points[t - 1], toBefore, gradient.toPoints[t - 2], gradient.toPoints[t - 1]);
        }
        manifold.relativeBackward(points[t - 1], points[t], toStep, gradient.toPoints[t - 1], gradient.toPoints[t]);
        return value;
    }

    private static double[] scaled(double scale, double[] vector) {
        double[] result = vector.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] *= scale;
        }
        return result;
    }

    int parameters() {
        return parameters.length;
    }
}
