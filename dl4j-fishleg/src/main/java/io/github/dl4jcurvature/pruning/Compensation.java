/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How the remaining parameters make up for removed weights. */
@FunctionalInterface
public interface Compensation extends Serializable {

    /**
     * The change of the parameters when weights are removed.
     *
     * @param problem the network at the moment
     * @param removed 1 for the weights S to remove now, else 0; shape [n]; not modified
     * @return \( \delta \), fresh, shape [n]; what it holds for S and for parameters that are not alive is ignored, they
     *     become exactly zero
     */
    INDArray change(PruningProblem problem, INDArray removed);
}
