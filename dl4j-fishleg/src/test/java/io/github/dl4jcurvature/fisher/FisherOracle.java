/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Explicit Fisher matrix from the host's own outputs: with the Jacobian J of the mean parameters by finite differences,
 * F is the sum over rows and outputs of \(w \, j j^\top / N\), where \(w = 1 / p\) for a class of probability p, \(1 /
 * (p (1 - p))\) for a Bernoulli output and \(1 / \sigma^2\) for a Gaussian one. Shares no code with the estimator.
 */
final class FisherOracle {
    /** Likelihood of an output, with the weight its variance gives to a squared derivative of its mean. */
    enum Likelihood {
        CATEGORICAL,
        BERNOULLI,
        MEAN_SQUARED,
        SQUARED;

        double weight(double mean, long outputs) {
            return switch (this) {
                case CATEGORICAL -> 1 / mean;
                case BERNOULLI -> 1 / (mean * (1 - mean));
                case MEAN_SQUARED -> 2.0 / outputs;
                case SQUARED -> 2;
            };
        }
    }

    private FisherOracle() {}

    /** F v for the present parameters of the network. */
    static INDArray product(NetworkCase network, List<Likelihood> likelihoods, INDArray v) {
        INDArray parameters = network.model().params().dup();
        Model clone = cloneOf(network.model());
        List<INDArray> means = means(clone, network.batch());
        INDArray product = Nd4j.zeros(DataType.DOUBLE, parameters.length());
        for (int k = 0; k < means.size(); k++) {
            int output = k;
            INDArray jacobian = FiniteDifferences.jacobian(
                    point -> {
                        clone.setParams(point);
                        return means(clone, network.batch()).get(output);
                    },
                    parameters); // [rows nOut, n]
            INDArray weights = weights(means.get(k), likelihoods.get(k)); // [rows nOut]
            INDArray change = jacobian.mmul(v.reshape(v.length(), 1)).muliColumnVector(weights);
            product.addi(jacobian.transpose().mmul(change).reshape(v.length()));
        }
        return product.divi(network.batch().examples());
    }

    /** Where an output is masked the host returns zero, and its derivative is zero. */
    private static INDArray weights(INDArray mean, Likelihood likelihood) {
        double[] m = mean.dup('c').data().asDouble();
        for (int i = 0; i < m.length; i++) {
            m[i] = m[i] == 0 ? 0 : likelihood.weight(m[i], mean.size(1));
        }
        return Nd4j.createFromArray(m);
    }

    private static Model cloneOf(Model model) {
        return model instanceof MultiLayerNetwork network ? network.clone() : ((ComputationGraph) model).clone();
    }

    /** Outputs in training mode as rows: examples, or steps with the example index running fastest. */
    private static List<INDArray> means(Model model, CurvatureBatch batch) {
        INDArray[] outputs = model instanceof MultiLayerNetwork network
                ? new INDArray[] {
                    network.output(
                            batch.inputs()[0],
                            true,
                            batch.inputMasks() == null ? null : batch.inputMasks()[0],
                            batch.labelMasks() == null ? null : batch.labelMasks()[0])
                }
                : ((ComputationGraph) model).output(true, batch.inputs(), batch.inputMasks(), batch.labelMasks());
        List<INDArray> rows = new ArrayList<>();
        for (INDArray output : outputs) {
            rows.add(output.rank() == 2 ? output : Sequences.rows(output));
        }
        return rows;
    }
}
