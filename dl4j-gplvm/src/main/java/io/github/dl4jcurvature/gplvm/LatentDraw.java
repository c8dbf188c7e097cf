/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;

/** Samples of the latents of b times, with what is needed to differentiate them. */
final class LatentDraw {
    private final LatentModel model;
    private final double[][] rawMeans;
    private final double[][] rawFactors;
    private final LatentPoint[] latents;
    private final LatentSample[][] samples; // [S, b]
    private final SequencePrior prior;
    private final Partition partition;

    LatentDraw(
            LatentModel model,
            double[][] rawMeans,
            double[][] rawFactors,
            double[] priorParameters,
            int count,
            Partition partition) {
        this.model = model;
        this.rawMeans = rawMeans;
        this.rawFactors = rawFactors;
        this.partition = partition;
        latents = new LatentPoint[rawMeans.length];
        samples = new LatentSample[count][rawMeans.length];
        prior = new SequencePrior(model.manifold(), model.prior(), priorParameters);
    }

    /** Draws all samples of all times; those of a time depend on its index and the noise only. */
    void draw(int[] times, LatentNoise noise) {
        partition.forRanges(latents.length, (from, to) -> {
            for (int t = from; t < to; t++) {
                add(t, noise.at(times[t], samples.length, model.manifold().dimension()));
            }
        });
    }

    private void add(int t, double[][] noise) {
        TangentGaussian gaussian = model.factors().gaussian(rawFactors[t]);
        latents[t] = new LatentPoint(model.manifold(), rawMeans[t], gaussian, model.images());
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
        partition.forRanges(samples.length, (from, to) -> {
            for (int s = from; s < to; s++) {
                ratios[s] = prior.logDensity(points(s), null) - logDensity(s);
            }
        });
        return ratios;
    }

    private double logDensity(int s) {
        double sum = 0;
        for (LatentSample sample : samples[s]) {
            sum += sample.logDensity();
        }
        return sum;
    }

    /**
     * Mean over samples of \(-\log p\), plus that of \(\log q\), summed over times.
     *
     * @param withEntropy whether the second is added
     */
    double divergence(boolean withEntropy) {
        double[] ofSamples = new double[samples.length];
        partition.forRanges(samples.length, (from, to) -> {
            for (int s = from; s < to; s++) {
                ofSamples[s] = (withEntropy ? logDensity(s) : 0) - prior.logDensity(points(s), null);
            }
        });
        double sum = 0;
        for (double each : ofSamples) {
            sum += each;
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
        Gradient gradient = new Gradient(
                new double[times][model.manifold().embeddingSize()],
                new double[times][model.factors().count()],
                new double[prior.parameters()]);
        double[][][] cotangents = cotangents(toPoints, -scale / samples.length, gradient.prior());
        partition.forRanges(times, (from, to) -> {
            for (int t = from; t < to; t++) {
                backward(t, cotangents, withEntropy ? scale / samples.length : 0, withEntropy, gradient);
            }
        });
        return gradient;
    }

    /** Cotangents of the points [S, b, e] with those of the prior. */
    private double[][][] cotangents(double[][] toPoints, double weight, double[] toPrior) {
        int e = model.manifold().embeddingSize();
        double[][][] cotangents = new double[samples.length][latents.length][e];
        int parts = Math.min(Partition.PARTS, samples.length);
        List<double[]> ofParts = partition.run(parts, part -> {
            double[] own = new double[toPrior.length];
            for (int s = Partition.bound(part, parts, samples.length);
                    s < Partition.bound(part + 1, parts, samples.length);
                    s++) {
                for (int t = 0; t < latents.length; t++) {
                    System.arraycopy(toPoints[t], s * e, cotangents[s][t], 0, e);
                }
                prior.logDensity(points(s), new SequencePrior.Gradient(weight, cotangents[s], own));
            }
            return own;
        });
        ofParts.forEach(own -> InducingKernelGradient.addAll(own, toPrior));
        return cotangents;
    }

    private void backward(int t, double[][][] cotangents, double toDensity, boolean withEntropy, Gradient gradient) {
        int d = model.manifold().dimension();
        double[] toFactor = new double[d * d];
        for (int s = 0; s < samples.length; s++) {
            latents[t].backward(samples[s][t], cotangents[s][t], toDensity, gradient.rawMeans()[t], toFactor);
        }
        if (withEntropy) {
            model.factors().backward(rawFactors[t], toFactor, gradient.rawFactors()[t]);
        }
    }
}
