/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.fisher.ExampleGradients;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Half the square of a weight times the diagonal of the empirical Fisher matrix.
 *
 * @param examples number of single-example gradients, at least 1
 */
record DiagonalImportance(int examples) implements Importance {
    private static final long CHUNK_ELEMENTS = 1L << 23;

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
        INDArray diagonal = Nd4j.createUninitialized(w.dataType(), w.length());
        long chunk = Math.max(1, CHUNK_ELEMENTS / gradients.count());
        for (long from = 0; from < w.length(); from += chunk) {
            long to = Math.min(w.length(), from + chunk);
            INDArray columns = gradients.columns(from, to); // [m, columns]
            diagonal.get(NDArrayIndex.interval(from, to))
                    .assign(columns.muli(columns).mean(0));
        }
        return diagonal.addi(FLOOR).muli(w).muli(w).divi(2);
    }
}
