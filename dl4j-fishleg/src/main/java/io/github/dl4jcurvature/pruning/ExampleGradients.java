/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients of m single examples as an [m, n] matrix that is never held as a whole. */
public interface ExampleGradients {

    /**
     * Number of examples.
     *
     * @return m
     */
    long count();

    /**
     * Some columns of the matrix.
     *
     * @param from first parameter
     * @param to one past the last parameter
     * @return shape [m, to - from], 'c' order, fresh
     */
    INDArray columns(long from, long to);
}
