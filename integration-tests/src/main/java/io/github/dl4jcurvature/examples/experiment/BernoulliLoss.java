/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Cross-entropy of Bernoulli outputs from their logits,
 *
 * <p>\[ \ell = \sum_j \max(z_j, 0) - z_j y_j + \ln(1 + e^{-|z_j|}), \]
 *
 * <p>exact where the host's loss clips probabilities to [1e-5, 1 - 1e-5].
 */
final class BernoulliLoss {
    private BernoulliLoss() {}

    /**
     * The mean over examples.
     *
     * @param logits z, shape [examples, outputs]
     * @param targets y in [0, 1], same shape
     * @return nats per example
     */
    static double mean(INDArray logits, INDArray targets) {
        INDArray magnitude = Transforms.abs(logits, true);
        INDArray softplus =
                Transforms.log(Transforms.exp(magnitude.neg(), false).addi(1), false); // ln(1 + e^-|z|)
        INDArray positive = logits.add(magnitude).muli(0.5); // max(z, 0)
        return positive.subi(logits.mul(targets)).addi(softplus).sumNumber().doubleValue() / logits.size(0);
    }
}
