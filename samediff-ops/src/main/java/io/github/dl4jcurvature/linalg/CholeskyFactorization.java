/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dlaset;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpocon;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotri;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrs;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsygst;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * Cholesky factorisation \(A = L L^\top\) of a symmetric positive definite matrix.
 *
 * <p>Arguments may have any order, view or data type and are not modified; results are fresh column-major arrays in
 * {@code DOUBLE} outside any workspace. Immutable and safe to share between threads. Cost: \(n^3/3\) operations to
 * factor, \(2n^2\) per right-hand side, \(2n^3/3\) for the inverse. Source: LAPACK {@code dpotrf}, {@code dpocon},
 * {@code dpotrs}, {@code dpotri}, {@code dsygst}.
 */
public final class CholeskyFactorization {
    private static final byte LOWER = 'L';
    private static final byte UPPER = 'U';

    private final ColumnMajor factor;
    private final double reciprocalCondition;

    private CholeskyFactorization(ColumnMajor factor, double reciprocalCondition) {
        this.factor = factor;
        this.reciprocalCondition = reciprocalCondition;
    }

    /**
     * Factors a symmetric positive definite matrix.
     *
     * <p>Only the symmetric part \((A + A^\top)/2\) is used. The asymmetry must not exceed rounding:
     * \(\max|A - A^\top| \le \min(100\, n\, \varepsilon, 0.01) \max|A|\), with \(\varepsilon\) of the argument's type.
     *
     * @param spd the matrix A, shape [n, n]
     * @return its factorisation
     * @throws IllegalArgumentException if the matrix is not square, not finite or not symmetric up to rounding
     * @throws SingularEquationException if it is not positive definite (the message names the first leading minor that
     *     is not positive) or its reciprocal condition is below \(2^{-52}\)
     */
    public static CholeskyFactorization of(INDArray spd) {
        ColumnMajor a = SymmetricInput.copyOf("spd", spd);
        double norm = a.norm('1');
        factorInPlace(a);
        double reciprocalCondition = estimateCondition(a, norm);
        Lapack.requireWellConditioned("spd", a.rows(), reciprocalCondition);
        return new CholeskyFactorization(a, reciprocalCondition);
    }

    /**
     * The number of rows of the factored matrix.
     *
     * @return n
     */
    public int order() {
        return factor.rows();
    }

    /**
     * The lower triangular factor.
     *
     * @return L with positive diagonal and zeros above it, shape [n, n], a copy
     */
    public INDArray factor() {
        return factor.copy().array();
    }

    /**
     * Solves \(A X = B\).
     *
     * @param b right-hand sides, shape [n] or [n, k]; k may be zero
     * @return X in the shape of {@code b}
     * @throws IllegalArgumentException if the shape does not fit or an element is not finite
     * @throws SingularEquationException if the solution overflows
     */
    public INDArray solve(INDArray b) {
        int n = order();
        Shapes.requireRightHandSide("b", b, n);
        if (b.isEmpty()) {
            return ColumnMajor.detached(b.shape());
        }
        ColumnMajor x = ColumnMajor.copyOf("b", b);
        int info = LAPACKE_dpotrs(LAPACK_COL_MAJOR, LOWER, n, x.columns(), factor.pointer(), n, x.pointer(), n);
        Lapack.requireAccepted("dpotrs", info);
        Lapack.requireFiniteSolution(x, reciprocalCondition);
        return x.array();
    }

    /**
     * The inverse \(A^{-1}\).
     *
     * @return shape [n, n], symmetric bit for bit
     * @throws SingularEquationException if it overflows
     */
    public INDArray inverse() {
        int n = order();
        ColumnMajor inverse = factor.copy();
        int info = LAPACKE_dpotri(LAPACK_COL_MAJOR, LOWER, n, inverse.pointer(), n);
        Lapack.requireAccepted("dpotri", info);
        Mirror.lowerToUpper(MatrixView.of(inverse.array()));
        Lapack.requireFiniteSolution(inverse, reciprocalCondition);
        return inverse.array();
    }

    /**
     * The matrix \(L^{-1} C L^{-\top}\), whose eigenvalues are those of the pencil \(C v = \mu A v\).
     *
     * @param c symmetric matrix C, shape [n, n]; not modified
     * @return shape [n, n], symmetric bit for bit
     * @throws IllegalArgumentException if c has another shape, is not finite or not symmetric up to rounding
     */
    public INDArray whiten(INDArray c) {
        int n = order();
        if (c.rank() != 2 || c.size(0) != n || c.size(1) != n) {
            throw new IllegalArgumentException("c must have the shape [%d, %d] of the factored matrix but has %s"
                    .formatted(n, n, c.shapeInfoToString()));
        }
        ColumnMajor whitened = SymmetricInput.copyOf("c", c);
        int info = LAPACKE_dsygst(LAPACK_COL_MAJOR, 1, LOWER, n, whitened.pointer(), n, factor.pointer(), n);
        Lapack.requireAccepted("dsygst", info);
        Mirror.lowerToUpper(MatrixView.of(whitened.array()));
        return whitened.array();
    }

    /**
     * The logarithm of the determinant, \(2 \sum_i \log L_{ii}\).
     *
     * @return log det A
     */
    public double logDeterminant() {
        return 2 * factor.logAbsoluteDiagonal();
    }

    /**
     * LAPACK's estimate of \(1 / (\|A\|_1 \|A^{-1}\|_1)\); about 1 is good, \(10^{-d}\) means d digits are lost.
     *
     * @return in (0, 1]
     */
    public double reciprocalCondition() {
        return reciprocalCondition;
    }

    private static void factorInPlace(ColumnMajor a) {
        int n = a.rows();
        int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, LOWER, n, a.pointer(), n);
        Lapack.requireAccepted("dpotrf", info);
        if (info > 0) {
            throw new SingularEquationException(
                    ("spd of order %d is not positive definite: its leading minor of order %d is not positive;"
                                    + " add a multiple of the identity (damping)")
                            .formatted(n, info));
        }
        if (n > 1) {
            DoublePointer secondColumn = new DoublePointer(a.pointer()).position(n);
            LAPACKE_dlaset(LAPACK_COL_MAJOR, UPPER, n - 1, n - 1, 0, 0, secondColumn, n);
        }
    }

    private static double estimateCondition(ColumnMajor factor, double norm) {
        int n = factor.rows();
        try (DoublePointer estimate = new DoublePointer(1L)) {
            int info = LAPACKE_dpocon(LAPACK_COL_MAJOR, LOWER, n, factor.pointer(), n, norm, estimate);
            Lapack.requireAccepted("dpocon", info);
            return estimate.get();
        }
    }
}
