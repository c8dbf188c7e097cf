/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One step of Adam on the factors of an inverse Fisher block,
 *
 * <p>\[ m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
 * \lambda \leftarrow \lambda - \eta \frac{m / (1 - \beta_1^k)}{\sqrt{v / (1 - \beta_2^k)} + \epsilon}. \]
 *
 * <p>The host's Adam divides by \( \sqrt v + \epsilon' \) after scaling by \( \sqrt{1 - \beta_2^k} \); it is used here with
 * \( \epsilon' = \epsilon \sqrt{1 - \beta_2^k} \), which makes both the same.
 *
 * <p>Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1.
 *
 * @param firstDecay \( \beta_1 \), in [0, 1)
 * @param secondDecay \( \beta_2 \), in [0, 1)
 * @param epsilon \( \epsilon \), positive
 */
record FactorAdam(double firstDecay, double secondDecay, double epsilon) {

    /**
     * Updates factors and moments in place.
     *
     * @param factors \( \lambda \)
     * @param first m
     * @param second v
     * @param gradient g; overwritten
     * @param rate \( \eta \), positive
     * @param count k, the number of this step, from 1
     */
    void step(INDArray factors, INDArray first, INDArray second, INDArray gradient, double rate, long count) {
        double hostEpsilon = epsilon * Math.sqrt(1 - Math.pow(secondDecay, (double) count));
        int iteration = Math.toIntExact(count - 1);
        Nd4j.exec(new AdamUpdater(
                gradient, second, first, rate, firstDecay, secondDecay, hostEpsilon, iteration)); // g <- step
        factors.subi(gradient);
    }
}
