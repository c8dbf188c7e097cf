/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What neurons do at points of the manifold.
 *
 * @param mean of the tuning f [N, points]
 * @param deviation of the tuning f [N, points]
 * @param observed what is observed on average, in the units of the data [N, points]
 */
public record TuningCurves(INDArray mean, INDArray deviation, INDArray observed) {}
