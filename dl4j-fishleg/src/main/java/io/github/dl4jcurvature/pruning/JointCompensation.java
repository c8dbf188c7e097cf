/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.linalg.ConjugateGradients;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * \( \delta = -Q_{:,S} \mu \) with \( Q_{SS}\, \mu = w_S \).
 *
 * @param model what Q is
 */
record JointCompensation(InverseCurvature.Recipe model) implements Compensation {
    private static final int ITERATIONS = 200;
    private static final double TOLERANCE = 1e-6;

    @Override
    public INDArray change(PruningProblem problem, INDArray removed) {
        InverseCurvature inverse = problem.inverse(model);
        INDArray mask = removed.castTo(DataType.DOUBLE);
        INDArray weights = problem.parameters().castTo(DataType.DOUBLE).mul(mask); // w_S
        // directions of the iteration stay in S, since the right side lies in S
        INDArray mu = new ConjugateGradients(ITERATIONS, TOLERANCE)
                .solve(y -> inverse.multiply(y).muli(mask), weights)
                .solutions()[0];
        return inverse.multiply(mu).negi();
    }
}
