/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sparse Gaussian process from latents to N neurons, as a function of unconstrained parameters:
 * \(\alpha = \mathrm{softplus}(r)\), \(\ell = \mathrm{softplus}(r)\), \(\sigma = e^r\), dispersion \(e^r\), factors of the inducing
 * posterior with \(C_{ii} = e^r\).
 *
 * @param manifold of the latents
 * @param neurons N
 * @param inducing M
 * @param kernel what is fixed of kernels
 * @param shared whether all neurons share kernel, inducing points and noise
 * @param likelihood of observations
 * @param binWidth \(\Delta\)
 * @param collapsed whether the inducing values are integrated out; needs a Gaussian likelihood and all times
 */
record SparseGpModel(
        Manifold manifold,
        int neurons,
        int inducing,
        KernelSettings kernel,
        boolean shared,
        Likelihood likelihood,
        double binWidth,
        boolean collapsed) {

    int kernels() {
        return shared ? 1 : neurons;
    }

    int lengthScales() {
        return manifold.lengthScales(kernel.ard());
    }

    /** Rows of the parameters of the likelihood: noise goes with kernels, counts have their own. */
    int likelihoodRows() {
        return likelihood.isCount() ? neurons : kernels();
    }

    /** Unconstrained parameters of the likelihood of a neuron; the scale of counts is one. */
    int likelihoodColumns() {
        return likelihood.parameterNames().size() - (likelihood.isCount() ? 1 : 0);
    }

    int packedFactor() {
        return inducing * (inducing + 1) / 2;
    }

    /** The same with given inducing posteriors. */
    SparseGpModel conditional() {
        return new SparseGpModel(manifold, neurons, inducing, kernel, shared, likelihood, binWidth, false);
    }

    SparseGpModel withNeurons(int count) {
        return new SparseGpModel(manifold, count, inducing, kernel, shared, likelihood, binWidth, collapsed);
    }

    static double softplus(double r) {
        return Math.max(r, 0) + Math.log1p(Math.exp(-Math.abs(r)));
    }

    static double softplusInverse(double value) {
        return value > 30 ? value : Math.log(Math.expm1(value));
    }

    private static double logistic(double r) {
        return 1 / (1 + Math.exp(-r));
    }

    private List<InducingKernel> kernels(SparseGpParameters raw) {
        List<InducingKernel> kernels = new ArrayList<>();
        int e = manifold.embeddingSize();
        for (int k = 0; k < kernels(); k++) {
            double[][] z = new double[inducing][];
            for (int i = 0; i < inducing; i++) {
                z[i] = manifold.project(Arrays.copyOfRange(raw.inducing()[k], i * e, (i + 1) * e));
            }
            double[] scales = Arrays.stream(raw.lengthScales()[k])
                    .map(SparseGpModel::softplus)
                    .toArray();
            String name = shared ? "all neurons" : "neuron " + k;
            kernels.add(new InducingKernel(name, manifold, kernel, z, softplus(raw.variance()[k][0]), scales));
        }
        return kernels;
    }

    private double[][] likelihoodParameters(SparseGpParameters raw) {
        double[][] parameters = new double[likelihoodRows()][];
        for (int n = 0; n < parameters.length; n++) {
            double[] r = raw.likelihood()[n];
            parameters[n] = switch (likelihood) {
                case GAUSSIAN -> new double[] {Math.exp(r[0])};
                case POISSON -> new double[] {1, r[0]};
                case NEGATIVE_BINOMIAL -> new double[] {1, r[0], Math.exp(r[1])};
            };
        }
        return parameters;
    }

    private double[] noises(SparseGpParameters raw) {
        return Arrays.stream(likelihoodParameters(raw))
                .mapToDouble(row -> row[0])
                .toArray();
    }

    private double[][] factors(SparseGpParameters raw) {
        double[][] factors = new double[neurons][inducing * inducing];
        for (int n = 0; n < neurons; n++) {
            int from = 0;
            for (int i = 0; i < inducing; i++) {
                for (int j = 0; j <= i; j++) {
                    double r = raw.factor()[n][from++];
                    factors[n][i * inducing + j] = i == j ? Math.exp(r) : r;
                }
            }
        }
        return factors;
    }

    private VariationalBound variational(SparseGpParameters raw, int threads) {
        return new VariationalBound(
                kernels(raw),
                likelihood,
                binWidth,
                likelihoodParameters(raw),
                raw.mean(),
                factors(raw),
                new Partition(threads));
    }

    CollapsedBound bound(SparseGpParameters raw, int threads) {
        return new CollapsedBound(kernels(raw), noises(raw), new Partition(threads));
    }

    double[] features(double[][][] samples, Partition partition) {
        int times = samples[0].length;
        int count = samples.length * times;
        double[] features = new double[manifold.featureSize() * count];
        partition.forRanges(count, (from, to) -> {
            for (int column = from; column < to; column++) {
                manifold.features(samples[column / times][column % times], features, column, count);
            }
        });
        return features;
    }

    private double[] features(double[][] points) {
        return features(new double[][][] {points}, new Partition(1));
    }

    /**
     * A bound and its derivatives.
     *
     * @param perSample expected log likelihoods or collapsed bounds of the samples
     * @param divergence of the inducing posteriors; 0 if there are none
     * @param gradient with respect to the unconstrained parameters
     * @param toPoints with respect to the points [b, S e]
     * @param sums of which the inducing posteriors follow; none if they are parameters
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by no one
    record Result(
            double[] perSample,
            double divergence,
            SparseGpParameters gradient,
            double[][] toPoints,
            InducingSums sums) {
        double meanOverSamples() {
            return Arrays.stream(perSample).average().orElse(Double.NaN);
        }
    }

    /**
     * Value and derivatives of \(s_d \bar F - s_q D\): mean over samples of the data term, divergence of the inducing posteriors.
     *
     * @param samples points [S, b, e]
     * @param dataScale \(s_d\)
     * @param divergenceScale \(s_q\)
     */
    Result evaluate(
            SparseGpParameters raw,
            Observations data,
            double[][][] samples,
            double dataScale,
            double divergenceScale,
            int threads) {
        Partition partition = new Partition(threads);
        double[] features = features(samples, partition);
        double[] toFeatures = new double[features.length];
        SparseGpGradient gradient;
        double divergence = 0;
        if (collapsed) {
            gradient = bound(raw, threads).evaluate(data, features, samples.length, dataScale, toFeatures);
        } else {
            VariationalBound bound = variational(raw, threads);
            gradient = bound.evaluate(data, features, samples.length, dataScale, toFeatures);
            bound.subtractDivergence(divergenceScale, gradient);
            divergence = bound.divergence();
        }
        return new Result(
                gradient.perSample,
                divergence,
                unconstrained(raw, gradient),
                toPoints(samples, toFeatures, partition),
                gradient.sums);
    }

    /** The bound for each sample. */
    double[] values(SparseGpParameters raw, Observations data, double[][][] samples, int threads) {
        double[] features = features(samples, new Partition(threads));
        return collapsed
                ? bound(raw, threads).values(data, features, samples.length)
                : variational(raw, threads)
                        .evaluate(data, features, samples.length, 0, new double[features.length])
                        .perSample;
    }

    /** Divergence of the inducing posteriors; 0 if there are none. */
    double divergence(SparseGpParameters raw) {
        return collapsed ? 0 : variational(raw, 1).divergence();
    }

    /**
     * Mean and variance of the tuning of all neurons, from the inducing posteriors in the parameters.
     *
     * @param points [count, e]
     * @return [2][N][count]
     */
    double[][][] tuning(SparseGpParameters raw, double[][] points) {
        return variational(raw, 1).tuning(features(points), points.length);
    }

    /** What is observed on average [count, N]. */
    double[][] prediction(SparseGpParameters raw, double[][] points) {
        double[][][] tuning = tuning(raw, points);
        double[][] own = likelihoodParameters(raw);
        double[][] prediction = new double[points.length][neurons];
        for (int n = 0; n < neurons; n++) {
            double[] parameters = own[own.length == 1 ? 0 : n];
            for (int p = 0; p < points.length; p++) {
                prediction[p][n] =
                        likelihood.expectedObservation(tuning[0][n][p], tuning[1][n][p], parameters, binWidth);
            }
        }
        return prediction;
    }

    /**
     * How badly points explain the data of each time: minus the expected log likelihood of all neurons at the mean tuning.
     *
     * @param points candidates
     * @return [candidates, times]
     */
    double[][] losses(SparseGpParameters raw, double[][] points, Observations data) {
        double[][][] tuning = tuning(raw, points);
        double[][] own = likelihoodParameters(raw);
        Likelihood.Derivatives unused =
                new Likelihood.Derivatives(likelihood.parameterNames().size());
        double[][] losses = new double[points.length][data.times()];
        for (int n = 0; n < neurons; n++) {
            double[] parameters = own[own.length == 1 ? 0 : n];
            for (int p = 0; p < points.length; p++) {
                for (int t = 0; t < data.times(); t++) {
                    double y = data.values()[n][t];
                    if (!Double.isNaN(y)) {
                        losses[p][t] -= likelihood.expected(y, tuning[0][n][p], 0, parameters, binWidth, unused);
                    }
                }
            }
        }
        return losses;
    }

    private double[][] toPoints(double[][][] samples, double[] toFeatures, Partition partition) {
        int times = samples[0].length;
        int e = manifold.embeddingSize();
        double[][] toPoints = new double[times][samples.length * e];
        partition.forRanges(times, (from, to) -> {
            double[] own = new double[e];
            for (int t = from; t < to; t++) {
                for (int s = 0; s < samples.length; s++) {
                    Arrays.fill(own, 0);
                    manifold.featuresBackward(samples[s][t], toFeatures, s * times + t, samples.length * times, own);
                    System.arraycopy(own, 0, toPoints[t], s * e, e);
                }
            }
        });
        return toPoints;
    }

    private SparseGpParameters unconstrained(SparseGpParameters raw, SparseGpGradient gradient) {
        int e = manifold.embeddingSize();
        SparseGpParameters result = SparseGpParameters.zeros(this);
        for (int k = 0; k < kernels(); k++) {
            InducingKernelGradient kernelGradient = gradient.kernels.get(k);
            result.variance()[k][0] = kernelGradient.variance * logistic(raw.variance()[k][0]);
            for (int a = 0; a < lengthScales(); a++) {
                result.lengthScales()[k][a] = kernelGradient.lengthScales[a] * logistic(raw.lengthScales()[k][a]);
            }
            for (int i = 0; i < inducing; i++) {
                double[] own = Arrays.copyOfRange(raw.inducing()[k], i * e, (i + 1) * e);
                double[] toPoint = new double[e];
                manifold.featuresBackward(
                        manifold.project(own), kernelGradient.inducing, i * manifold.featureSize(), 1, toPoint);
                double[] toRaw = new double[e];
                manifold.projectBackward(own, toPoint, toRaw);
                System.arraycopy(toRaw, 0, result.inducing()[k], i * e, e);
            }
        }
        for (int n = 0; n < likelihoodRows(); n++) {
            double[] own = gradient.likelihood[n];
            double[] target = result.likelihood()[n];
            switch (likelihood) {
                case GAUSSIAN -> target[0] = own[0] * Math.exp(raw.likelihood()[n][0]);
                case POISSON -> target[0] = own[1];
                case NEGATIVE_BINOMIAL -> {
                    target[0] = own[1];
                    target[1] = own[2] * Math.exp(raw.likelihood()[n][1]);
                }
            }
        }
        if (!collapsed) {
            for (int n = 0; n < neurons; n++) {
                System.arraycopy(gradient.mean[n], 0, result.mean()[n], 0, inducing);
                int from = 0;
                for (int i = 0; i < inducing; i++) {
                    for (int j = 0; j <= i; j++) {
                        double slope = i == j ? Math.exp(raw.factor()[n][from]) : 1;
                        result.factor()[n][from++] = slope * gradient.factor[n][i * inducing + j];
                    }
                }
            }
        }
        return result;
    }

    /**
     * The inducing posteriors that maximise the bound for given points, in the packed form of the parameters.
     *
     * @param points [T, e]
     */
    void optimalPosteriors(SparseGpParameters raw, Observations data, double[][] points, int threads) {
        keep(bound(raw, threads).posteriors(data, features(points), 1), raw);
    }

    /**
     * The inducing posteriors that maximise an evaluated collapsed bound on average over its samples, in the packed form of the
     * parameters.
     *
     * @param raw parameters of the evaluation, which receive them
     */
    void optimalPosteriors(SparseGpParameters raw, Observations data, Result result) {
        keep(bound(raw, 1).posteriors(data, result.sums(), result.perSample().length), raw);
    }

    private void keep(List<InducingPosterior> posteriors, SparseGpParameters raw) {
        for (int n = 0; n < neurons; n++) {
            InducingPosterior posterior = posteriors.get(n);
            System.arraycopy(posterior.mean(), 0, raw.mean()[n], 0, inducing);
            int from = 0;
            for (int i = 0; i < inducing; i++) {
                for (int j = 0; j <= i; j++) {
                    double value = posterior.factor()[i * inducing + j];
                    raw.factor()[n][from++] = i == j ? Math.log(value) : value;
                }
            }
        }
    }
}
