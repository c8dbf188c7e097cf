/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The step of a model \(Y = A W + b\) that is linear in its weights, [m + 1, k]. */
record LinearStep(ColumnMajor parameters, BlockReport report) implements AutoCloseable {
    private static final double DEPENDENT = 1e-6;

    /** Solves for the step after which the output has moved by a tangent [n, k]. */
    static LinearStep of(Features features, INDArray tangent, FeatureSolver solver) {
        try (ColumnMajor columns = features.columns();
                ColumnMajor wanted = ColumnMajor.copyOf("tangent", tangent)) {
            FeatureStep step = solver.solve(columns, wanted);
            double size = wanted.frobenius();
            try (ColumnMajor achieved = step.achieved()) {
                wanted.add(-1, achieved);
            }
            double missed = size == 0 ? 0 : wanted.frobenius() / size;
            return new LinearStep(step.parameters(), new BlockReport(step.rank(), step.condition(), missed));
        }
    }

    /**
     * The shortest tangent T [n, m] of the input with \(T W = R\).
     *
     * @throws IllegalStateException if the columns of W are linearly dependent up to 1e-6
     */
    static INDArray pullBack(INDArray tangent, INDArray weights) {
        try (ColumnMajor transposed = ColumnMajor.copyOf("weights", weights.transpose());
                ColumnMajor wanted = ColumnMajor.copyOf("tangent", tangent.transpose())) {
            FeatureStep step = FeatureSolver.truncated(DEPENDENT, 0).solve(transposed, wanted);
            step.achieved().close();
            if (step.rank() < weights.size(1)) {
                throw new IllegalStateException(
                        "weights of the readout have rank %d but %d columns, so that not every change of the output can be reached from below; start with larger weights"
                                .formatted(step.rank(), weights.size(1)));
            }
            return step.parameters().array().transpose();
        }
    }

    @Override
    public void close() {
        parameters.close();
    }
}
