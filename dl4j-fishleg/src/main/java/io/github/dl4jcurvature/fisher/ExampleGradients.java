/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of the losses of m single examples at their own labels, the rows of a matrix G of shape [m, n] that is never
 * held as a whole.
 *
 * <p>In a network with batch normalisation a row is the example's part of the gradient at the statistics of the batch.
 */
public interface ExampleGradients {

    /**
     * Takes the gradients in one pass of a shadow network.
     *
     * @param shadow the network
     * @param batch m examples with labels
     * @return gradients that stay valid after the next pass
     * @throws IllegalArgumentException if the batch has no labels
     */
    static ExampleGradients of(ShadowNetwork shadow, CurvatureBatch batch) {
        return new FactorGradients(shadow.withLabels(batch), shadow.layout(), batch.examples(), shadow.parameters());
    }

    /**
     * Number of examples.
     *
     * @return m
     */
    long count();

    /**
     * Which parameters the gradients are known of: 1 for those of captured layers, else 0.
     *
     * @return shape [n], fresh
     */
    INDArray covered();

    /**
     * Some columns of G.
     *
     * @param from first parameter
     * @param to one past the last parameter
     * @return shape [m, to - from], 'c' order, fresh; zero where not covered
     */
    INDArray columns(long from, long to);

    /**
     * Mean over the examples of the squares of their gradients, the diagonal of the empirical Fisher matrix.
     *
     * @return shape [n], fresh; zero where not covered
     */
    INDArray meanSquares();
}
