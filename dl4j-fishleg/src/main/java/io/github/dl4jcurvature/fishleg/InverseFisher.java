/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A learned, symmetric positive definite approximation \( Q \) of one diagonal block of \( (F + \gamma I)^{-1} \).
 *
 * <p>Gradients and directions of the block are joint matrices of shape [outputs, inputs'], 'c' order, whose last column
 * belongs to the bias if there is one (inputs' = inputs + 1). The factors of all matrices involved lie one after the other
 * in one vector, \( \lambda \), that the caller owns.
 */
interface InverseFisher {

    /** Number of elements of \( \lambda \). */
    long size();

    /** Sets \( \lambda \) so that \( Q = q_0 I \). */
    void initialise(double scale);

    /**
     * Sets \( \lambda \) so that the diagonal of Q is as near as the form allows to the given one and the rest is zero.
     *
     * @param diagonal positive, shape [outputs, inputs']
     */
    void initialise(INDArray diagonal);

    /** To be called after every change of \( \lambda \): products of factors are cached. */
    void refresh();

    /**
     * Computes \( Q U \).
     *
     * @param u shape [outputs, inputs']
     * @param result receives the product, same shape, another array
     */
    void apply(INDArray u, INDArray result);

    /**
     * Computes the gradient of \( \langle T, Q(\lambda) U \rangle \) with respect to \( \lambda \).
     *
     * @param u shape [outputs, inputs']
     * @param t shape [outputs, inputs']
     * @param gradient receives the gradient, shape [size()], laid out as \( \lambda \)
     */
    void factorGradient(INDArray u, INDArray t, INDArray gradient);

    /** The diagonal of \( Q \) as a joint matrix of shape [outputs, inputs']. */
    INDArray diagonal();
}
