/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Inputs and errors of one affine layer as the training pass saw them: the summed gradient of the weights is
 * \( A^\top E \), that of the bias \( E^\top 1 \).
 *
 * @param inputs A, shape [rows, nIn], after dropout, without a column of ones
 * @param errors E, derivative of the loss with respect to the pre-activation, shape [rows, nOut], masked rows zero
 */
public record TrainingFactors(INDArray inputs, INDArray errors) {}
