/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * \( \delta = -Q (w_S \oslash \operatorname{diag} Q) \).
 *
 * @param model what Q is
 */
record IndependentCompensation(InverseCurvature.Recipe model) implements Compensation {

    @Override
    public INDArray change(PruningProblem problem, INDArray removed) {
        InverseCurvature inverse = problem.inverse(model);
        INDArray diagonal = inverse.diagonal().muli(removed).addi(removed.rsub(1)); // 1 outside S
        return inverse.multiply(problem.parameters().mul(removed).divi(diagonal))
                .negi();
    }
}
