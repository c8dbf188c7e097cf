/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;

/**
 * Expected log likelihood under a whitened variational posterior of the inducing values,
 * \(q(v_n) = N(m_n, C_n C_n^\top)\), \(u_n = L v_n\), for any likelihood and any part of the times:
 * with \(a = L^{-1} k_u(g)\), the tuning of neuron n is normal with mean \(a^\top m_n\) and variance
 * \(\alpha - \|a\|^2 + \|C_n^\top a\|^2\).
 *
 * <p>Time O(S b (M^2 + N M^2)) and memory O(S b e + N M^2): points are taken in blocks. Source: Hensman, Matthews and Ghahramani
 * (AISTATS 2015); the derivatives are derived by hand.
 */
final class VariationalBound {
    private static final int BLOCK = 128;

    private final List<InducingKernel> kernels; // one for all neurons, or one for each
    private final Likelihood likelihood;
    private final double binWidth;
    private final double[][] parameters; // of the likelihood, one row for all neurons or for each
    private final double[][] means;
    private final double[][] factors;
    private final Partition partition;
    private final int m;

    /**
     * A bound.
     *
     * @param means m [N, M]
     * @param factors C [N, M M], lower
     */
    VariationalBound(
            List<InducingKernel> kernels,
            Likelihood likelihood,
            double binWidth,
            double[][] parameters,
            double[][] means,
            double[][] factors,
            Partition partition) {
        this.kernels = kernels;
        this.likelihood = likelihood;
        this.binWidth = binWidth;
        this.parameters = parameters;
        this.means = means;
        this.factors = factors;
        this.partition = partition;
        m = kernels.get(0).inducing;
    }

    /** Divergence of all posteriors from the prior, \(\tfrac12 (\|C\|_F^2 + \|m\|^2 - M) - \sum \log C_{ii}\). */
    double divergence() {
        double sum = 0;
        for (int n = 0; n < means.length; n++) {
            sum += 0.5 * (Manifold.dot(factors[n], factors[n]) + Manifold.dot(means[n], means[n]) - m);
            for (int i = 0; i < m; i++) {
                sum -= Math.log(factors[n][i * m + i]);
            }
        }
        return sum;
    }

    /** Adds \(-s\) times the derivatives of {@link #divergence}. */
    void subtractDivergence(double scale, SparseGpGradient gradient) {
        for (int n = 0; n < means.length; n++) {
            for (int i = 0; i < m; i++) {
                gradient.mean[n][i] -= scale * means[n][i];
                for (int j = 0; j <= i; j++) {
                    gradient.factor[n][i * m + j] -= scale * factors[n][i * m + j];
                }
                gradient.factor[n][i * m + i] += scale / factors[n][i * m + i];
            }
        }
    }

    /**
     * Expected log likelihoods and their derivatives, without the divergence.
     *
     * @param points features of the samples [F, S b], those of a sample together
     * @param toPoints receives derivatives with respect to the features
     * @param scale of the mean over samples that is differentiated
     */
    SparseGpGradient evaluate(Observations data, double[] points, int samples, double scale, double[] toPoints) {
        int times = data.times();
        int blocksPerSample = (times + BLOCK - 1) / BLOCK;
        int blocks = blocksPerSample * samples;
        int parts = Math.min(Partition.PARTS, blocks);
        List<SparseGpGradient> partial = partition.run(parts, part -> {
            SparseGpGradient gradient = newGradient(samples);
            Work work = new Work(data, points, samples * times, scale / samples, toPoints, gradient);
            for (int block = Partition.bound(part, parts, blocks);
                    block < Partition.bound(part + 1, parts, blocks);
                    block++) {
                int sample = block / blocksPerSample;
                int first = block % blocksPerSample * BLOCK;
                work.add(sample, first, Math.min(BLOCK, times - first));
            }
            return gradient;
        });
        SparseGpGradient total = newGradient(samples);
        partial.forEach(total::add);
        for (int k = 0; k < kernels.size(); k++) {
            kernels.get(k).factorBackward(total.kernels.get(k));
        }
        return total;
    }

    private SparseGpGradient newGradient(int samples) {
        return new SparseGpGradient(
                samples,
                kernels,
                parameters.length,
                likelihood.parameterNames().size(),
                means.length,
                InducingSums.none());
    }

    /** Buffers of one part. */
    private final class Work {
        private final Observations data;
        private final double[] points;
        private final int stride;
        private final double scale;
        private final double[] toPoints;
        private final SparseGpGradient gradient;
        private final double[] k = new double[m * BLOCK];
        private final double[] slope = new double[m * BLOCK];
        private final double[] a = new double[m * BLOCK];
        private final double[] b = new double[m * BLOCK];
        private final double[] toA = new double[m * BLOCK];
        private final double[] weighted = new double[m * BLOCK];
        private final double[] squares = new double[BLOCK];
        private final KernelBuffers buffers = new KernelBuffers(BLOCK);
        private final double[] mean = new double[BLOCK];
        private final double[] variance = new double[BLOCK];
        private final double[] toMean = new double[BLOCK];
        private final double[] toVariance = new double[BLOCK];
        private final Likelihood.Derivatives derivatives;

        Work(
                Observations data,
                double[] points,
                int stride,
                double scale,
                double[] toPoints,
                SparseGpGradient gradient) {
            this.data = data;
            this.points = points;
            this.stride = stride;
            this.scale = scale;
            this.toPoints = toPoints;
            this.gradient = gradient;
            derivatives = new Likelihood.Derivatives(likelihood.parameterNames().size());
        }

        void add(int sample, int first, int count) {
            int from = sample * data.times() + first;
            for (int g = 0; g < kernels.size(); g++) {
                InducingKernel kernel = kernels.get(g);
                InducingKernelGradient toKernel = gradient.kernels.get(g);
                kernel.cross(points, stride, from, count, k, slope, buffers);
                MatrixRows.lowerTimes(kernel.factor.inverse, m, k, a, count, count);
                MatrixRows.clear(toA, 0, m * count);
                MatrixRows.clear(squares, 0, count);
                for (int i = 0; i < m; i++) {
                    MatrixRows.addProduct(a, i * count, a, i * count, squares, 0, count);
                }
                if (kernels.size() == 1) {
                    for (int n = 0; n < means.length; n++) {
                        addNeuron(n, sample, first, count, kernel, toKernel);
                    }
                } else {
                    addNeuron(g, sample, first, count, kernel, toKernel);
                }
                double[] toK = b; // no longer needed
                MatrixRows.lowerTransposeTimes(kernel.factor.inverse, m, toA, toK, count, count);
                MatrixRows.addOuterLower(-1, toK, a, m, count, count, toKernel.factor);
                kernel.crossBackward(points, stride, from, count, k, slope, toK, toKernel, toPoints, buffers);
            }
        }

        private void addNeuron(
                int n, int sample, int first, int count, InducingKernel kernel, InducingKernelGradient toKernel) {
            double[] q = means[n];
            double[] c = factors[n];
            MatrixRows.lowerTransposeTimes(c, m, a, b, count, count);
            MatrixRows.clear(mean, 0, count);
            MatrixRows.combine(q, 0, 1, 0, m, a, mean, 0, count, count);
            for (int p = 0; p < count; p++) {
                variance[p] = kernel.variance - squares[p];
            }
            for (int i = 0; i < m; i++) {
                MatrixRows.addProduct(b, i * count, b, i * count, variance, 0, count);
            }
            gradient.perSample[sample] += expectations(n, first, count);
            for (int p = 0; p < count; p++) {
                toKernel.variance += toVariance[p];
            }
            double[] toFactor = gradient.factor[n];
            double[] toPosteriorMean = gradient.mean[n];
            MatrixRows.lowerTimes(c, m, b, weighted, count, count); // C C' a
            for (int i = 0; i < m; i++) {
                int row = i * count;
                double qi = q[i];
                for (int p = 0; p < count; p++) {
                    toA[row + p] += qi * toMean[p] + 2 * (weighted[row + p] - a[row + p]) * toVariance[p];
                }
                toPosteriorMean[i] += MatrixRows.dot(a, row, toMean, 0, count);
                for (int p = 0; p < count; p++) {
                    weighted[row + p] = a[row + p] * toVariance[p];
                }
            }
            MatrixRows.addOuterLower(2, weighted, b, m, count, count, toFactor);
        }

        private double expectations(int n, int first, int count) {
            double[] y = data.values()[n];
            int row = parameters.length == 1 ? 0 : n;
            double[] own = parameters[row];
            double[] toOwn = gradient.likelihood[row];
            double sum = 0;
            for (int p = 0; p < count; p++) {
                double observed = y[first + p];
                if (Double.isNaN(observed)) {
                    toMean[p] = 0;
                    toVariance[p] = 0;
                    continue;
                }
                sum += likelihood.expected(observed, mean[p], variance[p], own, binWidth, derivatives);
                toMean[p] = scale * derivatives.mean;
                toVariance[p] = scale * derivatives.variance;
                for (int i = 0; i < toOwn.length; i++) {
                    toOwn[i] += scale * derivatives.parameters[i];
                }
            }
            return sum;
        }
    }

    /**
     * Mean and variance of the tuning of all neurons.
     *
     * @param points features [F, count]
     * @return [2][N][count]
     */
    double[][][] tuning(double[] points, int count) {
        double[][][] tuning = new double[2][means.length][count];
        double[] k = new double[m * count];
        double[] a = new double[m * count];
        double[] b = new double[m * count];
        for (int n = 0; n < means.length; n++) {
            InducingKernel kernel = kernels.get(kernels.size() == 1 ? 0 : n);
            if (n < kernels.size()) {
                kernel.cross(points, count, 0, count, k, b, new KernelBuffers(count));
                MatrixRows.lowerTimes(kernel.factor.inverse, m, k, a, count, count);
            }
            MatrixRows.combine(means[n], 0, 1, 0, m, a, tuning[0][n], 0, count, count);
            MatrixRows.lowerTransposeTimes(factors[n], m, a, b, count, count);
            java.util.Arrays.fill(tuning[1][n], kernel.variance);
            for (int i = 0; i < m; i++) {
                for (int p = 0; p < count; p++) {
                    tuning[1][n][p] += b[i * count + p] * b[i * count + p] - a[i * count + p] * a[i * count + p];
                }
            }
        }
        return tuning;
    }
}
