/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.linalg.CholeskyFactorization;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.linalg.SymmetricEigendecomposition;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Inverses of matrices that are positive semi-definite up to rounding. */
final class SymmetricInverse {
    /** Smallest eigenvalue in units of the mean one; below it rounding of the factors decides. */
    private static final double FLOOR = 1e-9;

    private SymmetricInverse() {}

    /**
     * The inverse, by Cholesky's factorisation; of a matrix that is singular to rounding with its eigenvalues raised to
     * {@value #FLOOR} times their mean.
     *
     * @param matrix symmetric, {@code DOUBLE}; not modified
     * @return fresh, symmetric
     */
    static INDArray of(INDArray matrix) {
        try {
            return CholeskyFactorization.of(matrix).inverse();
        } catch (SingularEquationException singular) {
            return floored(matrix);
        }
    }

    private static INDArray floored(INDArray matrix) {
        SymmetricEigendecomposition eigen = SymmetricEigendecomposition.of(matrix);
        INDArray values = eigen.values();
        double floor = FLOOR * values.meanNumber().doubleValue();
        INDArray scaled = eigen.vectors()
                .muliRowVector(Transforms.sqrt(Transforms.max(values, floor)).rdivi(1));
        return scaled.mmul(scaled.transpose()).dup('f');
    }
}
