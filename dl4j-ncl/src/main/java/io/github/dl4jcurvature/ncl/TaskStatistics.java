/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a finished task shows of one parameter matrix.
 *
 * @param inputs mean over the examples of \( \sum_t z_t z_t^\top \) over the applications of the matrix, shape [r, r], times
 *     the normalisation of time; null for statistics of single elements
 * @param outputs mean of \( \delta \delta^\top \) of the errors, shape [c, c], normalised likewise; null likewise
 * @param inputCovariance \( E[z z^\top] \), shape [r, r]; null likewise
 * @param squares mean over the examples of the squares of their gradients, shape [r, c]; null for matrices with factors
 * @param parameters \( \Theta \) at the end of the task, shape [r, c]
 * @param weight of the Fisher information, 1 for a task of N examples
 */
record TaskStatistics(
        @Nullable INDArray inputs,
        @Nullable INDArray outputs,
        @Nullable INDArray inputCovariance,
        @Nullable INDArray squares,
        INDArray parameters,
        double weight) {

    FactorPair fisher() {
        return new FactorPair(required(inputs).mul(weight), required(outputs));
    }

    INDArray requiredSquares() {
        return required(squares);
    }

    INDArray requiredCovariance() {
        return required(inputCovariance);
    }

    private static INDArray required(@Nullable INDArray statistic) {
        if (statistic == null) {
            throw new IllegalStateException("a statistic was not collected that the plan of its layer asks for");
        }
        return statistic;
    }
}
