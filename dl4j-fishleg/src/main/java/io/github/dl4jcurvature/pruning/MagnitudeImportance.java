/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.nd4j.linalg.api.ndarray.INDArray;

/** \( w_j^2 \). */
record MagnitudeImportance() implements Importance {

    @Override
    public INDArray scores(PruningProblem problem) {
        return problem.parameters().mul(problem.parameters());
    }
}
