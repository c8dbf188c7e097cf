/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * One step of Adam on the factors of an inverse Fisher block,
 *
 * <p>\[ m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
 * \lambda \leftarrow \lambda - \eta \frac{m / (1 - \beta_1^k)}{\sqrt{v / (1 - \beta_2^k)} + \epsilon}. \]
 *
 * <p>Not the host's Adam, which adds \( \epsilon \) to a differently scaled root.
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
     * @param work memory of the same size; overwritten
     * @param rate \( \eta \)
     * @param count k, the number of this step, from 1
     */
    void step(
            INDArray factors,
            INDArray first,
            INDArray second,
            INDArray gradient,
            INDArray work,
            double rate,
            long count) {
        double firstCorrection = 1 - Math.pow(firstDecay, (double) count);
        double secondCorrection = 1 - Math.pow(secondDecay, (double) count);
        INDArray square = work.assign(gradient).muli(gradient).muli(1 - secondDecay);
        first.muli(firstDecay).addi(gradient.muli(1 - firstDecay));
        second.muli(secondDecay).addi(square);
        INDArray denominator = work.assign(second).divi(secondCorrection);
        Transforms.sqrt(denominator, false).addi(epsilon);
        factors.subi(gradient.assign(first).divi(denominator).muli(rate / firstCorrection));
    }
}
