/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgecon;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgetrf2;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgetri;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgetrs;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * LU factorisation \(A = P L U\) of a square matrix with partial pivoting.
 *
 * <p>Arguments may have any order, view or data type and are not modified; results are fresh column-major arrays in
 * {@code DOUBLE} outside any workspace. Immutable and safe to share between threads. Cost: \(2n^3/3\) operations to
 * factor, \(2n^2\) per right-hand side, \(4n^3/3\) for the inverse. Source: LAPACK {@code dgetrf2}, {@code dgecon},
 * {@code dgetrs}, {@code dgetri}. The recursive {@code dgetrf2} is used on purpose: OpenBLAS' own threaded
 * {@code dgetrf} overruns the default stack of a Java thread.
 */
public final class LuFactorization {
    private final ColumnMajor factors;
    private final IntPointer pivots;
    private final double reciprocalCondition;

    private LuFactorization(ColumnMajor factors, IntPointer pivots, double reciprocalCondition) {
        this.factors = factors;
        this.pivots = pivots;
        this.reciprocalCondition = reciprocalCondition;
    }

    /**
     * Factors a square matrix.
     *
     * @param a the matrix A, shape [n, n]
     * @return its factorisation
     * @throws IllegalArgumentException if the matrix is not square or not finite
     * @throws SingularEquationException if a pivot is zero or the reciprocal condition is below \(2^{-52}\)
     */
    public static LuFactorization of(INDArray a) {
        return of("a", a);
    }

    /**
     * Factors a square matrix.
     *
     * @param name how messages call it
     * @param a the matrix A, shape [n, n]
     * @return its factorisation
     * @throws IllegalArgumentException if the matrix is not square or not finite
     * @throws SingularEquationException if a pivot is zero or the reciprocal condition is below \(2^{-52}\)
     */
    public static LuFactorization of(String name, INDArray a) {
        Shapes.requireSquare(name, a);
        ColumnMajor factors = ColumnMajor.copyOf(name, a);
        int n = factors.rows();
        double norm = factors.norm('1');
        IntPointer pivots = new IntPointer((long) n);
        int info = LAPACKE_dgetrf2(LAPACK_COL_MAJOR, n, n, factors.pointer(), n, pivots);
        Lapack.requireAccepted("dgetrf2", info);
        if (info > 0) {
            throw new SingularEquationException(
                    ("%s of order %d is singular: pivot %d is exactly zero (reciprocal condition 0);"
                                    + " add a multiple of the identity (damping) or remove dependent rows")
                            .formatted(name, n, info));
        }
        double reciprocalCondition = estimateCondition(factors, norm);
        Lapack.requireWellConditioned(name, n, reciprocalCondition);
        return new LuFactorization(factors, pivots, reciprocalCondition);
    }

    /**
     * How well-conditioned a square matrix is, singular or not.
     *
     * @param a the matrix A, shape [n, n]
     * @return its reciprocal condition as in {@link #reciprocalCondition()}; 0 if it is below \(2^{-52}\)
     * @throws IllegalArgumentException if the matrix is not square or not finite
     */
    public static double reciprocalConditionOf(INDArray a) {
        try {
            return of(a).reciprocalCondition;
        } catch (SingularEquationException e) {
            return 0;
        }
    }

    /**
     * The number of rows of the factored matrix.
     *
     * @return n
     */
    public int order() {
        return factors.rows();
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
        return solve('N', b);
    }

    /**
     * Solves \(A^\top X = B\).
     *
     * @param b right-hand sides, shape [n] or [n, k]; k may be zero
     * @return X in the shape of {@code b}
     * @throws IllegalArgumentException if the shape does not fit or an element is not finite
     * @throws SingularEquationException if the solution overflows
     */
    public INDArray solveTransposed(INDArray b) {
        return solve('T', b);
    }

    /**
     * The inverse \(A^{-1}\); prefer {@link #solve} where its product with something is wanted.
     *
     * @return shape [n, n]
     * @throws SingularEquationException if it overflows
     */
    public INDArray inverse() {
        int n = order();
        ColumnMajor inverse = factors.copy();
        int info = LAPACKE_dgetri(LAPACK_COL_MAJOR, n, inverse.pointer(), n, pivots);
        Lapack.requireAccepted("dgetri", info);
        Lapack.requireFiniteSolution(inverse, reciprocalCondition);
        return inverse.array();
    }

    /**
     * LAPACK's estimate of \(1 / (\|A\|_1 \|A^{-1}\|_1)\); about 1 is good, \(10^{-d}\) means d digits are lost.
     *
     * @return in (0, 1]
     */
    public double reciprocalCondition() {
        return reciprocalCondition;
    }

    /**
     * The logarithm of the determinant's modulus, \(\sum_i \log|U_{ii}|\).
     *
     * @return log |det A|
     */
    public double logAbsoluteDeterminant() {
        return factors.logAbsoluteDiagonal();
    }

    private INDArray solve(char operation, INDArray b) {
        int n = order();
        Shapes.requireRightHandSide("b", b, n);
        if (b.isEmpty()) {
            return ColumnMajor.detached(b.shape());
        }
        ColumnMajor x = ColumnMajor.copyOf("b", b);
        int info = LAPACKE_dgetrs(
                LAPACK_COL_MAJOR, (byte) operation, n, x.columns(), factors.pointer(), n, pivots, x.pointer(), n);
        Lapack.requireAccepted("dgetrs", info);
        Lapack.requireFiniteSolution(x, reciprocalCondition);
        return x.array();
    }

    private static double estimateCondition(ColumnMajor factors, double norm) {
        int n = factors.rows();
        try (DoublePointer estimate = new DoublePointer(1L)) {
            int info = LAPACKE_dgecon(LAPACK_COL_MAJOR, (byte) '1', n, factors.pointer(), n, norm, estimate);
            Lapack.requireAccepted("dgecon", info);
            return estimate.get();
        }
    }
}
