/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * \( w_j^2 / (2 Q_{jj}) \).
 *
 * @param model what Q is
 */
record InverseImportance(InverseCurvature.Recipe model) implements Importance {

    @Override
    public INDArray scores(PruningProblem problem) {
        INDArray w = problem.parameters();
        INDArray squares = w.mul(w).divi(2);
        INDArray diagonal = problem.inverse(model).diagonal();
        INDArray dead = problem.alive().rsub(1); // a diagonal of 0 divides nothing there
        return squares.divi(diagonal.mul(problem.alive()).addi(dead));
    }
}
