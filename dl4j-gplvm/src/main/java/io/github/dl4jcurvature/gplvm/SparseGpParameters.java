/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * Unconstrained parameters of a {@link SparseGpModel}, or derivatives with respect to them. K is 1 or N.
 *
 * @param inducing inducing points [K, M e]
 * @param lengthScales [K, A]
 * @param variance [K, 1]
 * @param likelihood [K or N, number of parameters]
 * @param mean of the whitened inducing values [N, M]
 * @param factor of their covariances, lower triangle row after row [N, M (M + 1) / 2]
 */
@SuppressWarnings("ArrayRecordComponent") // compared by no one
record SparseGpParameters(
        double[][] inducing,
        double[][] lengthScales,
        double[][] variance,
        double[][] likelihood,
        double[][] mean,
        double[][] factor) {

    static SparseGpParameters zeros(SparseGpModel model) {
        int kernels = model.kernels();
        return new SparseGpParameters(
                new double[kernels][model.inducing() * model.manifold().embeddingSize()],
                new double[kernels][model.lengthScales()],
                new double[kernels][1],
                new double[model.likelihoodRows()][model.likelihoodColumns()],
                new double[model.neurons()][model.inducing()],
                new double[model.neurons()][model.packedFactor()]);
    }

    /** Those of some neurons; what all share stays. */
    SparseGpParameters ofNeurons(int[] neurons) {
        return new SparseGpParameters(
                rows(inducing, neurons),
                rows(lengthScales, neurons),
                rows(variance, neurons),
                rows(likelihood, neurons),
                rows(mean, neurons),
                rows(factor, neurons));
    }

    private double[][] rows(double[][] all, int[] neurons) {
        if (all.length != mean.length) {
            return all;
        }
        double[][] rows = new double[neurons.length][];
        for (int i = 0; i < neurons.length; i++) {
            rows[i] = all[neurons[i]].clone();
        }
        return rows;
    }
}
