/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.fisher.ExampleGradients;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Half the square of a weight times the diagonal of the empirical Fisher matrix.
 *
 * @param examples number of single-example gradients, at least 1
 */
record DiagonalImportance(int examples) implements Importance {
    /** Keeps apart by magnitude the weights that no example's gradient reaches. */
    private static final double FLOOR = 1e-8;

    DiagonalImportance {
        if (examples < 1) {
            throw new IllegalArgumentException(
                    "examples must be at least 1 but is %d; 1024 is usual".formatted(examples));
        }
    }

    @Override
    public INDArray scores(PruningProblem problem) {
        ExampleGradients gradients = CoveredGradients.of(problem, examples);
        INDArray w = problem.parameters();
        return gradients.meanSquares().addi(FLOOR).muli(w).muli(w).divi(2);
    }
}
