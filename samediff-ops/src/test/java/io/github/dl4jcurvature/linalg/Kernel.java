/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.function.Function;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Every LAPACK-backed result as a function of one square matrix. */
enum Kernel {
    CHOLESKY_FACTOR(true, a -> CholeskyFactorization.of(a).factor()),
    CHOLESKY_SOLVE(true, a -> CholeskyFactorization.of(a).solve(a)),
    CHOLESKY_INVERSE(true, a -> CholeskyFactorization.of(a).inverse()),
    EIGENVALUES(true, a -> SymmetricEigendecomposition.of(a).values()),
    EIGENVECTORS(true, a -> SymmetricEigendecomposition.of(a).vectors()),
    LU_SOLVE(false, a -> LuFactorization.of(a).solve(a.transpose())),
    LU_SOLVE_TRANSPOSED(false, a -> LuFactorization.of(a).solveTransposed(a)),
    LU_INVERSE(false, a -> LuFactorization.of(a).inverse()),
    SVD_U(false, a -> SingularValueDecomposition.of(a).u()),
    SVD_VALUES(false, a -> SingularValueDecomposition.of(a).values()),
    SVD_V(false, a -> SingularValueDecomposition.of(a).v()),
    QR_Q(false, a -> QrDecomposition.of(a).q()),
    QR_R(false, a -> QrDecomposition.of(a).r()),
    KRONECKER(false, a -> new KroneckerProduct(a, a.transpose()).apply(a)),
    KRONECKER_ADJOINT(false, a -> new KroneckerProduct(a, a).adjoint().apply(a)),
    KRONECKER_LEFT_GRADIENT(false, a -> new KroneckerProduct(a, a).leftGradient(a, a)),
    KRONECKER_RIGHT_GRADIENT(false, a -> new KroneckerProduct(a, a).rightGradient(a, a));

    /** Whether the argument must be symmetric positive definite. */
    final boolean symmetric;

    @SuppressWarnings("ImmutableEnumChecker") // stateless
    private final Function<INDArray, INDArray> function;

    Kernel(boolean symmetric, Function<INDArray, INDArray> function) {
        this.symmetric = symmetric;
        this.function = function;
    }

    INDArray apply(INDArray a) {
        return function.apply(a);
    }
}
