/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What it costs to lose a weight: the weights of the smallest scores are removed. */
@FunctionalInterface
public interface Importance extends Serializable {

    /**
     * Scores all parameters.
     *
     * @param problem the network at the moment
     * @return shape [n], fresh; finite and non-negative where {@link PruningProblem#prunable()} is 1, of no meaning
     *     elsewhere
     */
    INDArray scores(PruningProblem problem);
}
