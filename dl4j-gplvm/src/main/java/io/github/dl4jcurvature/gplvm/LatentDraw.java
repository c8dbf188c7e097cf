/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Samples of the latents of b times, with what is needed to differentiate them. */
final class LatentDraw {
    private final LatentModel model;
    private final double[][] rawFactors;
    private final LatentPoint[] latents;
    private final LatentSample[][] samples; // [S, b]
    private final SequencePrior prior;

    LatentDraw(LatentModel model, double[][] rawMeans, double[][] rawFactors, double[] priorParameters, int count) {
        this.model = model;
        this.rawFactors = rawFactors;
        latents = new LatentPoint[rawMeans.length];
        samples = new LatentSample[count][rawMeans.length];
        prior = new SequencePrior(model.manifold(), model.prior(), priorParameters);
        for (int t = 0; t < rawMeans.length; t++) {
            TangentGaussian gaussian = model.factors().gaussian(rawFactors[t]);
            latents[t] = new LatentPoint(model.manifold(), rawMeans[t], gaussian, model.images());
        }
    }

    void add(int t, double[][] noise) {
        for (int s = 0; s < samples.length; s++) {
            samples[s][t] = latents[t].sample(noise[s]);
        }
    }

    /** A sample of all times [b, e]. */
    double[][] points(int s) {
        double[][] points = new double[latents.length][];
        for (int t = 0; t < points.length; t++) {
            points[t] = samples[s][t].point();
        }
        return points;
    }

    int count() {
        return samples.length;
    }

    /** \(\log p - \log q\) of each sample, summed over times. */
    double[] logRatios() {
        double[] ratios = new double[samples.length];
        for (int s = 0; s < samples.length; s++) {
            ratios[s] = prior.logDensity(points(s), null);
            for (LatentSample sample : samples[s]) {
                ratios[s] -= sample.logDensity();
            }
        }
        return ratios;
    }

    /**
     * Mean over samples of \(-\log p\), plus that of \(\log q\), summed over times.
     *
     * @param withEntropy whether the second is added
     */
    double divergence(boolean withEntropy) {
        double sum = 0;
        for (int s = 0; s < samples.length; s++) {
            sum -= prior.logDensity(points(s), null);
            if (withEntropy) {
                for (LatentSample sample : samples[s]) {
                    sum += sample.logDensity();
                }
            }
        }
        return sum / samples.length;
    }

    /** Derivatives with respect to all parameters. */
    @SuppressWarnings("ArrayRecordComponent") // compared by no one
    record Gradient(double[][] rawMeans, double[][] rawFactors, double[] prior) {}

    /**
     * Derivatives of a function of the points plus the scaled {@link #divergence}.
     *
     * @param toPoints cotangents [b, S e], the samples of a time one after another
     * @param scale of the divergence
     * @param withEntropy whether the divergence has its entropy; without it covariances have no derivatives
     */
    Gradient backward(double[][] toPoints, double scale, boolean withEntropy) {
        int times = latents.length;
        int e = model.manifold().embeddingSize();
        int d = model.manifold().dimension();
        Gradient gradient = new Gradient(
                new double[times][e], new double[times][model.factors().count()], new double[prior.parameters()]);
        double[][] toFactors = new double[times][d * d];
        for (int s = 0; s < samples.length; s++) {
            double[][] cotangents = new double[times][e];
            for (int t = 0; t < times; t++) {
                System.arraycopy(toPoints[t], s * e, cotangents[t], 0, e);
            }
            prior.logDensity(
                    points(s), new SequencePrior.Gradient(-scale / samples.length, cotangents, gradient.prior()));
            double toDensity = withEntropy ? scale / samples.length : 0;
            for (int t = 0; t < times; t++) {
                latents[t].backward(samples[s][t], cotangents[t], toDensity, gradient.rawMeans()[t], toFactors[t]);
            }
        }
        if (withEntropy) {
            for (int t = 0; t < times; t++) {
                model.factors().backward(rawFactors[t], toFactors[t], gradient.rawFactors()[t]);
            }
        }
        return gradient;
    }
}
