/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;

/** A bound for each sample of the latents, and the derivatives of its scaled mean. */
final class SparseGpGradient {
    final double[] perSample;
    final List<InducingKernelGradient> kernels = new ArrayList<>();
    final double[][] likelihood; // of each neuron, or of all together
    final double[][] mean; // of the inducing values of each neuron [N, M]; empty if there is no such posterior
    final double[][] factor; // of their covariances [N, M M]
    final InducingSums sums; // none if there are such posteriors

    SparseGpGradient(
            int samples,
            List<InducingKernel> kernels,
            int likelihoods,
            int likelihoodParameters,
            int posteriors,
            InducingSums sums) {
        this.sums = sums;
        perSample = new double[samples];
        int m = kernels.get(0).inducing;
        kernels.forEach(kernel -> this.kernels.add(kernel.newGradient()));
        likelihood = new double[likelihoods][likelihoodParameters];
        mean = new double[posteriors][m];
        factor = new double[posteriors][m * m];
    }

    void add(SparseGpGradient other) {
        InducingKernelGradient.addAll(other.perSample, perSample);
        for (int i = 0; i < kernels.size(); i++) {
            kernels.get(i).add(other.kernels.get(i));
        }
        addAll(other.likelihood, likelihood);
        addAll(other.mean, mean);
        addAll(other.factor, factor);
        sums.add(other.sums);
    }

    static void addAll(double[][] from, double[][] to) {
        for (int i = 0; i < to.length; i++) {
            InducingKernelGradient.addAll(from[i], to[i]);
        }
    }

    double meanOverSamples() {
        double sum = 0;
        for (double each : perSample) {
            sum += each;
        }
        return sum / perSample.length;
    }
}
