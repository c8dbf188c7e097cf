/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.nd4j.linalg.api.ndarray.INDArray;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsterf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsytrd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * Eigendecomposition \(A = V \operatorname{diag}(\lambda) V^\top\) of a symmetric matrix.
 *
 * <p>Arguments may have any order, view or data type and are not modified; results are fresh column-major arrays in
 * {@code DOUBLE} outside any workspace. Immutable and safe to share between threads. Cost: about \(9n^3\) operations.
 * Source: LAPACK {@code dsyevd}, divide and conquer; for
 * values alone {@code dsytrd} and {@code dsterf}.
 */
public final class SymmetricEigendecomposition {
    private static final double SMALLEST_UNSCALED = 1e-140; // squares of elements neither vanish nor overflow

    private final ColumnMajor values;
    private final ColumnMajor vectors;

    private SymmetricEigendecomposition(ColumnMajor values, ColumnMajor vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /**
     * Decomposes a symmetric matrix, definite or not.
     *
     * <p>Only the symmetric part \((A + A^\top)/2\) is used. The asymmetry must not exceed rounding:
     * \(\max|A - A^\top| \le \min(100\, n\, \varepsilon, 0.01) \max|A|\), with \(\varepsilon\) of the argument's type.
     *
     * @param a the matrix A, shape [n, n]
     * @return its decomposition
     * @throws IllegalArgumentException if the matrix is not square, not finite or not symmetric up to rounding
     * @throws SingularEquationException if the iteration does not converge
     */
    public static SymmetricEigendecomposition of(INDArray a) {
        ColumnMajor vectors = SymmetricInput.copyOf("a", a);
        return new SymmetricEigendecomposition(decompose('V', vectors), vectors);
    }

    /**
     * The eigenvalues alone, for about a sixth of the operations.
     *
     * @param a the matrix A, shape [n, n], symmetric up to rounding as in {@link #of}
     * @return shape [n], ascending
     * @throws IllegalArgumentException if the matrix is not square, not finite or not symmetric up to rounding
     * @throws SingularEquationException if the iteration does not converge
     */
    public static INDArray valuesOf(INDArray a) {
        ColumnMajor copy = SymmetricInput.copyOf("a", a);
        double largest = copy.norm('M');
        boolean safe = largest > SMALLEST_UNSCALED && largest < 1 / SMALLEST_UNSCALED;
        return (safe ? tridiagonalValues(copy) : decompose('N', copy)).array();
    }

    /** Eigenvalues of a matrix that needs no scaling, by its tridiagonal form; dsyevd reduces it in less efficient blocks. */
    private static ColumnMajor tridiagonalValues(ColumnMajor a) {
        int n = a.rows();
        ColumnMajor values = ColumnMajor.uninitialized(n);
        try (ColumnMajor offDiagonal = ColumnMajor.uninitialized(n);
                ColumnMajor reflectors = ColumnMajor.uninitialized(n)) {
            int info = LAPACKE_dsytrd(
                    LAPACK_COL_MAJOR,
                    (byte) 'L',
                    n,
                    a.pointer(),
                    n,
                    values.pointer(),
                    offDiagonal.pointer(),
                    reflectors.pointer());
            Lapack.requireAccepted("dsytrd", info);
            info = LAPACKE_dsterf(n, values.pointer(), offDiagonal.pointer());
            Lapack.requireConverged("dsterf", info, "a", n, n);
        }
        return values;
    }

    /** Eigenvalues of a matrix, which is overwritten: by its eigenvectors if the job is 'V'. */
    private static ColumnMajor decompose(char job, ColumnMajor a) {
        int n = a.rows();
        ColumnMajor values = ColumnMajor.uninitialized(n);
        int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, (byte) job, (byte) 'L', n, a.pointer(), n, values.pointer());
        Lapack.requireConverged("dsyevd", info, "a", n, n);
        return values;
    }

    /**
     * The eigenvalues in ascending order.
     *
     * @return shape [n], a copy
     */
    public INDArray values() {
        return values.copy().array();
    }

    /**
     * The orthonormal eigenvectors, column j belonging to value j; their signs are arbitrary.
     *
     * @return V, shape [n, n], a copy
     */
    public INDArray vectors() {
        return vectors.copy().array();
    }
}
