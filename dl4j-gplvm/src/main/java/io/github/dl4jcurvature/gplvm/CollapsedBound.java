/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bound on the log marginal likelihood of Gaussian observations with the inducing values integrated out. For one sample of the
 * latents and one neuron, with \(A = L^{-1} K_{uf}\), \(\beta = \sigma^{-2}\), \(B = I + \beta A A^\top\),
 * \[ F = -\tfrac T2 \log 2 \pi \sigma^2 - \tfrac12 \log |B| - \tfrac \beta 2 y^\top y + \tfrac \beta 2 (A y)^\top w
 *    - \tfrac \beta 2 (T \alpha - \mathrm{tr}\, A A^\top), \qquad w = \beta B^{-1} A y. \]
 * The times must all be there. Missing entries leave out their columns.
 *
 * <p>Time O(S N M^2 T), or O(S (M^2 + M N) T) with a kernel for all neurons and complete data. Source: Titsias (AISTATS 2009);
 * the derivatives are derived by hand.
 */
final class CollapsedBound {
    private final List<InducingKernel> kernels; // one for all neurons, or one for each
    private final double[] noises; // standard deviations, as many
    private final Partition partition;
    private final int m;

    CollapsedBound(List<InducingKernel> kernels, double[] noises, Partition partition) {
        this.kernels = kernels;
        this.noises = noises;
        this.partition = partition;
        m = kernels.get(0).inducing;
    }

    /**
     * The bound for each sample, without derivatives.
     *
     * @param points features of the samples [F, S T], those of a sample together
     */
    double[] values(Observations data, double[] points, int samples) {
        return accumulated(data, points, samples, 0, null).perSample;
    }

    /**
     * The bound for each sample and its derivatives.
     *
     * @param points features of the samples [F, S T], those of a sample together
     * @param scale of the mean over samples that is differentiated
     * @param toPoints receives derivatives with respect to the features
     */
    SparseGpGradient evaluate(Observations data, double[] points, int samples, double scale, double[] toPoints) {
        SparseGpGradient total = accumulated(data, points, samples, scale / samples, toPoints);
        for (int k = 0; k < kernels.size(); k++) {
            kernels.get(k).factorBackward(total.kernels.get(k));
        }
        return total;
    }

    private SparseGpGradient accumulated(
            Observations data,
            double[] points,
            int samples,
            double scale,
            double @org.jspecify.annotations.Nullable [] toPoints) {
        List<List<Columns>> columns = columns(data);
        int sets = columns.stream().mapToInt(List::size).sum();
        int parts = Math.min(Partition.PARTS, samples);
        List<SparseGpGradient> partial = partition.run(parts, part -> {
            SparseGpGradient gradient = newGradient(samples, sets, data.neurons());
            Work work = new Work(data.times(), points, samples * data.times(), scale, toPoints, gradient);
            for (int sample = Partition.bound(part, parts, samples);
                    sample < Partition.bound(part + 1, parts, samples);
                    sample++) {
                for (int g = 0; g < kernels.size(); g++) {
                    work.add(sample, g, columns.get(g));
                }
            }
            return gradient;
        });
        SparseGpGradient total = newGradient(samples, sets, data.neurons());
        partial.forEach(total::add);
        return total;
    }

    private SparseGpGradient newGradient(int samples, int sets, int neurons) {
        return new SparseGpGradient(samples, kernels, noises.length, 1, 0, new InducingSums(sets, neurons, m));
    }

    /** Neurons of a kernel that are observed at the same times. */
    private static final class Columns {
        final double[] present; // 1 or 0
        final List<double[]> values = new ArrayList<>(); // zero where missing
        final List<Integer> neurons = new ArrayList<>();
        final int observed;
        final int index; // among the sets of all kernels

        Columns(double[] y, int index) {
            this.index = index;
            present = new double[y.length];
            int count = 0;
            for (int t = 0; t < y.length; t++) {
                if (!Double.isNaN(y[t])) {
                    present[t] = 1;
                    count++;
                }
            }
            observed = count;
        }

        void add(int neuron, double[] y) {
            neurons.add(neuron);
            double[] filled = y.clone();
            for (int t = 0; t < y.length; t++) {
                if (present[t] == 0) {
                    filled[t] = 0;
                }
            }
            values.add(filled);
        }
    }

    private List<List<Columns>> columns(Observations data) {
        List<List<Columns>> ofKernels = new ArrayList<>();
        kernels.forEach(kernel -> ofKernels.add(new ArrayList<>()));
        int count = 0;
        for (int n = 0; n < data.neurons(); n++) {
            List<Columns> sets = ofKernels.get(kernels.size() == 1 ? 0 : n);
            double[] y = data.values()[n];
            Columns own = new Columns(y, count);
            Columns same = sets.stream()
                    .filter(set -> Arrays.equals(set.present, own.present))
                    .findFirst()
                    .orElse(own);
            if (same == own) {
                sets.add(own);
                count++;
            }
            same.add(n, y);
        }
        return ofKernels;
    }

    /** Buffers of one part. */
    private final class Work {
        private final int times;
        private final double[] points;
        private final int stride;
        private final double scale;
        private final double @org.jspecify.annotations.Nullable [] toPoints;
        private final SparseGpGradient gradient;
        private final double[] k;
        private final double[] slope;
        private final double[] a;
        private final double[] toA;
        private final KernelBuffers buffers;
        private double[] masked = {}; // made when something is missing

        Work(
                int times,
                double[] points,
                int stride,
                double scale,
                double @org.jspecify.annotations.Nullable [] toPoints,
                SparseGpGradient gradient) {
            this.times = times;
            this.points = points;
            this.stride = stride;
            this.scale = scale;
            this.toPoints = toPoints;
            this.gradient = gradient;
            k = new double[m * times];
            slope = new double[m * times];
            a = new double[m * times];
            toA = new double[m * times];
            buffers = new KernelBuffers(times);
        }

        void add(int sample, int g, List<Columns> sets) {
            InducingKernel kernel = kernels.get(g);
            int from = sample * times;
            kernel.cross(points, stride, from, times, k, slope, buffers);
            MatrixRows.lowerTimes(kernel.factor.inverse, m, k, a, times, times);
            MatrixRows.clear(toA, 0, m * times);
            for (Columns set : sets) {
                gradient.perSample[sample] += bound(kernel, g, set);
            }
            if (toPoints != null) {
                InducingKernelGradient toKernel = gradient.kernels.get(g);
                MatrixRows.lowerTransposeTimesInPlace(kernel.factor.inverse, m, toA, times, times);
                double[] toK = toA;
                MatrixRows.addOuterLower(-1, toK, a, m, times, times, toKernel.factor);
                kernel.crossBackward(points, stride, from, times, k, slope, toK, toKernel, toPoints, buffers);
            }
        }

        private double bound(InducingKernel kernel, int g, Columns set) {
            double noise = noises[g];
            double beta = 1 / (noise * noise);
            int neurons = set.values.size();
            double[] observed = observed(set);
            double[] gram = new double[m * m];
            MatrixRows.addOuterLower(1, observed, observed, m, times, times, gram);
            MatrixRows.addScaled(1, gram, 0, gradient.sums.grams[set.index], 0, m * m);
            double trace = 0;
            double[] b = new double[m * m];
            for (int i = 0; i < m; i++) {
                trace += gram[i * m + i];
                for (int j = 0; j <= i; j++) {
                    gram[j * m + i] = gram[i * m + j];
                    b[i * m + j] = beta * gram[i * m + j];
                    b[j * m + i] = b[i * m + j];
                }
                b[i * m + i] += 1;
            }
            LowerFactor factor = LowerFactor.of(b, m);
            double missed = set.observed * kernel.variance - trace; // variance the inducing points do not explain
            double value = -0.5
                    * neurons
                    * (set.observed * (Manifold.LOG_TWO_PI + 2 * Math.log(noise))
                            + factor.logDeterminant()
                            + beta * missed);
            double residuals = 0;
            for (int each = 0; each < neurons; each++) {
                double[] y = set.values.get(each);
                double[] projected = new double[m];
                for (int i = 0; i < m; i++) {
                    double product = MatrixRows.dot(observed, i * times, y, 0, times);
                    gradient.sums.projections[set.neurons.get(each)][i] += product;
                    projected[i] = beta * product;
                }
                double[] white = factor.whiten(projected);
                value += 0.5 * (Manifold.dot(white, white) - beta * Manifold.dot(y, y));
                if (toPoints != null) {
                    residuals += addResponse(factor.unwhiten(white), y, observed, beta * scale);
                }
            }
            if (toPoints != null) {
                addVariance(factor, gram, observed, neurons, beta, g, set.observed, missed, residuals);
            }
            return value;
        }

        private double[] observed(Columns set) {
            if (set.observed == times) {
                return a;
            }
            masked = masked.length == 0 ? new double[m * times] : masked;
            for (int i = 0; i < m; i++) {
                for (int t = 0; t < times; t++) {
                    masked[i * times + t] = a[i * times + t] * set.present[t];
                }
            }
            return masked;
        }

        /** \(\bar A \mathrel{+}= s \beta w r^\top\), \(r = y - A^\top w\); returns \(\|r\|^2\). */
        private double addResponse(double[] w, double[] y, double[] observed, double weight) {
            double[] residual = buffers.distances;
            System.arraycopy(y, 0, residual, 0, times);
            for (int i = 0; i < m; i++) {
                MatrixRows.addScaled(-w[i], observed, i * times, residual, 0, times);
            }
            for (int i = 0; i < m; i++) {
                MatrixRows.addScaled(weight * w[i], residual, 0, toA, i * times, times);
            }
            return MatrixRows.dot(residual, 0, residual, 0, times);
        }

        /** \(\bar A \mathrel{+}= s n \beta (I - B^{-1}) A\), and the derivatives for \(\alpha\) and \(\sigma\). */
        private void addVariance(
                LowerFactor factor,
                double[] gram,
                double[] observed,
                int neurons,
                double beta,
                int g,
                int count,
                double missed,
                double residuals) {
            double[] shrink = factor.inverseOfMatrix();
            double explained = 0; // tr B^-1 A A'
            for (int i = 0; i < m * m; i++) {
                explained += shrink[i] * gram[i];
                shrink[i] *= -neurons * beta * scale;
            }
            for (int i = 0; i < m; i++) {
                shrink[i * m + i] += neurons * beta * scale;
                MatrixRows.combine(shrink, i * m, 1, 0, m, observed, toA, i, times, times);
            }
            gradient.kernels.get(g).variance -= 0.5 * scale * neurons * beta * count;
            double toSquare = 0.5 * beta * (-neurons * count + beta * (neurons * (explained + missed) + residuals));
            gradient.likelihood[g][0] += 2 * noises[g] * scale * toSquare;
        }
    }

    /**
     * The whitened posteriors of the inducing values that maximise the bound on average over samples of the latents,
     * \(N(\beta B^{-1} \overline{A y}, B^{-1})\) with \(B = I + \beta \overline{A A^\top}\).
     *
     * @param sums of an evaluation with the same data
     * @param samples in the sums
     */
    List<InducingPosterior> posteriors(Observations data, InducingSums sums, int samples) {
        InducingPosterior[] posteriors = new InducingPosterior[data.neurons()];
        List<List<Columns>> columns = columns(data);
        for (int g = 0; g < kernels.size(); g++) {
            double weight = 1 / (noises[g] * noises[g] * samples);
            for (Columns set : columns.get(g)) {
                LowerFactor factor = LowerFactor.of(precision(sums.grams[set.index], weight), m);
                double[] spread = LowerFactor.of(factor.inverseOfMatrix(), m).factor;
                for (int n : set.neurons) {
                    double[] projected = sums.projections[n].clone();
                    for (int i = 0; i < m; i++) {
                        projected[i] *= weight;
                    }
                    posteriors[n] = new InducingPosterior(factor.unwhiten(factor.whiten(projected)), spread);
                }
            }
        }
        return List.of(posteriors);
    }

    /** \(I + w G\) from the lower triangle of G. */
    private double[] precision(double[] gram, double weight) {
        double[] b = new double[m * m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j <= i; j++) {
                b[i * m + j] = weight * gram[i * m + j] + (i == j ? 1 : 0);
                b[j * m + i] = b[i * m + j];
            }
        }
        return b;
    }

    /** The same for points [F, samples T] of which nothing else is wanted. */
    List<InducingPosterior> posteriors(Observations data, double[] points, int samples) {
        return posteriors(data, accumulated(data, points, samples, 0, null).sums, samples);
    }
}
