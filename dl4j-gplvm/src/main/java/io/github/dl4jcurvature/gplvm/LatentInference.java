/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Fits the latents of some times to data while everything else stays as it is, and judges data by importance weights.
 *
 * @param latents their distribution
 * @param model Gaussian processes of the neurons that are used
 * @param parameters of the model
 * @param threads of an evaluation
 */
record LatentInference(LatentModel latents, SparseGpModel model, SparseGpParameters parameters, int threads) {
    private static final double GRID_DEVIATION = 0.3;
    private static final int WEIGHTED_AT_ONCE = 20;

    /**
     * How long and how.
     *
     * @param iterations of Adam
     * @param burnIn of them without entropy
     * @param learningRate of Adam
     * @param samples S
     * @param seed of the noise
     */
    record Schedule(int iterations, int burnIn, double learningRate, int samples, long seed) {}

    /**
     * Fits the free ones of the latents.
     *
     * @param start latents of all times
     * @param data of the neurons at these times
     * @param free which are fitted
     * @param priorParameters unconstrained parameters of the prior over time, which stay
     */
    LatentEstimate fit(
            LatentEstimate start, Observations data, boolean[] free, double[] priorParameters, Schedule schedule) {
        double[][] means = Arrays.stream(start.rawMeans()).map(double[]::clone).toArray(double[][]::new);
        double[][] factors =
                Arrays.stream(start.rawFactors()).map(double[]::clone).toArray(double[][]::new);
        int times = means.length;
        int[] indices = new int[times];
        Arrays.setAll(indices, t -> t);
        int e = means[0].length;
        int p = factors[0].length;
        int count = 0;
        for (boolean each : free) {
            count += each ? 1 : 0;
        }
        if (count == 0) {
            return start;
        }
        INDArray state = Nd4j.zeros(DataType.DOUBLE, 1, 2L * count * (e + p));
        GradientUpdater<?> adam = new Adam(schedule.learningRate()).instantiate(state, true);
        for (int iteration = 0; iteration < schedule.iterations(); iteration++) {
            boolean withEntropy = iteration >= schedule.burnIn();
            LatentDraw draw = latents.draw(
                    means,
                    factors,
                    priorParameters,
                    indices,
                    LatentNoise.of(schedule.seed(), iteration),
                    schedule.samples(),
                    new Partition(threads));
            double[][][] points = points(draw);
            SparseGpModel.Result result = model.evaluate(parameters, data, points, -1.0 / times, 0, threads);
            LatentDraw.Gradient gradient = draw.backward(result.toPoints(), 1.0 / times, withEntropy);
            requireFinite(gradient, iteration);
            step(adam, iteration, free, gradient, means, factors, count);
        }
        return new LatentEstimate(latents.manifold(), latents.factors(), means, factors);
    }

    private static void requireFinite(LatentDraw.Gradient gradient, int iteration) {
        if (!DoubleRows.areFinite(gradient.rawMeans()) || !DoubleRows.areFinite(gradient.rawFactors())) {
            throw new ArithmeticException(
                    "gradient of the latents of new data is not finite at iteration %d; check the scale of the data and of the fitted tuning"
                            .formatted(iteration));
        }
    }

    private static void step(
            GradientUpdater<?> adam,
            int iteration,
            boolean[] free,
            LatentDraw.Gradient gradient,
            double[][] means,
            double[][] factors,
            int count) {
        int e = means[0].length;
        int p = factors[0].length;
        double[] flat = new double[count * (e + p)];
        int at = 0;
        for (int t = 0; t < free.length; t++) {
            if (free[t]) {
                System.arraycopy(gradient.rawMeans()[t], 0, flat, at, e);
                System.arraycopy(gradient.rawFactors()[t], 0, flat, at + e, p);
                at += e + p;
            }
        }
        INDArray update = Nd4j.createFromArray(flat).reshape(1, flat.length);
        adam.applyUpdater(update, iteration, 0);
        double[] moved = update.data().asDouble();
        at = 0;
        for (int t = 0; t < free.length; t++) {
            if (free[t]) {
                for (int i = 0; i < e; i++) {
                    means[t][i] -= moved[at++];
                }
                for (int i = 0; i < p; i++) {
                    factors[t][i] -= moved[at++];
                }
            }
        }
    }

    static double[][][] points(LatentDraw draw) {
        double[][][] points = new double[draw.count()][][];
        for (int s = 0; s < points.length; s++) {
            points[s] = draw.points(s);
        }
        return points;
    }

    /** Latents of new times at the identity, with the spread of a new fit. */
    LatentEstimate identity(int times) {
        double[][] means = new double[times][];
        double[][] factors = new double[times][];
        for (int t = 0; t < times; t++) {
            means[t] = latents.manifold().identity();
            factors[t] = latents.factors().isotropic(latents.manifold().initialDeviation());
        }
        return new LatentEstimate(latents.manifold(), latents.factors(), means, factors);
    }

    /**
     * Latents of new times at the points that explain the data of each time best, by the squared error of the mean tuning in units of
     * the noise, or by the log likelihood of counts.
     *
     * @param count points of the grid
     * @param posteriors parameters whose inducing posteriors hold what was learned
     * @param scale by which a grid on Euclidean spaces is stretched about the origin
     */
    LatentEstimate grid(Observations data, int count, SparseGpParameters posteriors, double scale) {
        double[][] points = candidates(count, scale);
        double[][] loss = model.losses(posteriors, points, data);
        double[][] means = new double[data.times()][];
        double[][] factors = new double[data.times()][];
        double deviation = Math.min(GRID_DEVIATION, latents.manifold().initialDeviation());
        for (int t = 0; t < data.times(); t++) {
            means[t] = points[best(loss, t)].clone();
            factors[t] = latents.factors().isotropic(deviation);
        }
        return new LatentEstimate(latents.manifold(), latents.factors(), means, factors);
    }

    double[][] candidates(int count, double scale) {
        List<double[]> candidates = new ArrayList<>();
        for (double[] point : latents.manifold().grid(count)) {
            candidates.add(stretched(point, scale));
        }
        return candidates.toArray(double[][]::new);
    }

    /** Index of the candidate with the least loss at a time. */
    static int best(double[][] losses, int time) {
        int best = 0;
        for (int g = 1; g < losses.length; g++) {
            best = losses[g][time] < losses[best][time] ? g : best;
        }
        return best;
    }

    private double[] stretched(double[] point, double scale) {
        double[] result = point.clone();
        int from = 0;
        for (Manifold factor : latents.manifold().factors()) {
            for (int i = from; i < from + factor.embeddingSize(); i++) {
                result[i] *= factor.isCompact() ? 1 : scale;
            }
            from += factor.embeddingSize();
        }
        return result;
    }

    /**
     * \(\log \frac1S \sum_s e^{F(g_s)} p(g_s) / q(g_s)\) divided by the number of times.
     *
     * @param priorParameters unconstrained parameters of the prior over time
     * @param seed of the noise
     */
    double weightedLogLikelihood(
            LatentEstimate estimate, Observations data, double[] priorParameters, int samples, long seed) {
        double[] terms = new double[samples];
        int[] indices = new int[estimate.times()];
        Arrays.setAll(indices, t -> t);
        for (int from = 0; from < samples; from += WEIGHTED_AT_ONCE) {
            int count = Math.min(WEIGHTED_AT_ONCE, samples - from);
            LatentDraw draw = latents.draw(
                    estimate.rawMeans(),
                    estimate.rawFactors(),
                    priorParameters,
                    indices,
                    LatentNoise.of(seed, from),
                    count,
                    new Partition(threads));
            double[] bounds = model.values(parameters, data, points(draw), threads);
            double[] ratios = draw.logRatios();
            for (int s = 0; s < count; s++) {
                terms[from + s] = bounds[s] + ratios[s];
            }
        }
        return (LogSum.of(terms) - Math.log(samples) - model.divergence(parameters)) / estimate.times();
    }
}
