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

    /**
     * The square of the weight.
     *
     * @return \( \rho_j = w_j^2 \)
     */
    static Importance magnitude() {
        return new MagnitudeImportance();
    }

    /**
     * Optimal brain damage: the diagonal of the empirical Fisher matrix, from the gradients of m single examples.
     *
     * <p>Source: LeCun, Denker, Solla: Optimal brain damage, NIPS 1989, with the empirical Fisher matrix for the Hessian.
     *
     * @param examples m, at least 1
     * @return \( \rho_j = \tfrac12 w_j^2 \bigl( \tfrac1m \sum_i g_{ij}^2 + 10^{-8} \bigr) \)
     */
    static Importance empiricalDiagonal(int examples) {
        return new DiagonalImportance(examples);
    }

    /**
     * Optimal brain surgeon: the rise of the quadratic loss when the weight is removed and all others adapt.
     *
     * <p>Source: Hassibi and Stork: Second order derivatives for network pruning: optimal brain surgeon, NIPS 1992.
     *
     * @param model approximation of the inverse Fisher matrix
     * @return \( \rho_j = w_j^2 / (2 Q_{jj}) \)
     */
    static Importance inverse(InverseCurvature.Recipe model) {
        return new InverseImportance(model);
    }

    /**
     * The score of FishLeg Surgeon: {@link #inverse} with a learned inverse Fisher matrix.
     *
     * @return the score with the settings of {@link LearnedInverse#LearnedInverse()}
     */
    static Importance fishLeg() {
        return inverse(new LearnedInverse());
    }
}
