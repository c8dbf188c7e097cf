/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.nd4j.linalg.api.ndarray.INDArray;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * Thin singular value decomposition \(A = U \operatorname{diag}(s) V^\top\).
 *
 * <p>With A of shape [m, n] and k = min(m, n), U is [m, k], s is [k] and V is [n, k]. Arguments may have any order, view
 * or data type and are not modified; results are fresh column-major arrays in {@code DOUBLE} outside any workspace.
 * Rank-deficient matrices are legal. Immutable and safe to share between threads. Source: LAPACK {@code dgesdd}, divide
 * and conquer.
 */
public final class SingularValueDecomposition {
    private final ColumnMajor u;
    private final ColumnMajor values;
    private final ColumnMajor vTransposed;

    private SingularValueDecomposition(ColumnMajor u, ColumnMajor values, ColumnMajor vTransposed) {
        this.u = u;
        this.values = values;
        this.vTransposed = vTransposed;
    }

    /**
     * Decomposes a matrix.
     *
     * @param a the matrix A, shape [m, n]
     * @return its decomposition
     * @throws IllegalArgumentException if it is not a matrix or not finite
     * @throws SingularEquationException if the iteration does not converge
     */
    public static SingularValueDecomposition of(INDArray a) {
        Shapes.requireMatrix("a", a);
        ColumnMajor scratch = ColumnMajor.copyOf("a", a);
        int m = scratch.rows();
        int n = scratch.columns();
        int k = Math.min(m, n);
        ColumnMajor u = ColumnMajor.uninitialized(m, k);
        ColumnMajor values = ColumnMajor.uninitialized(k);
        ColumnMajor vTransposed = ColumnMajor.uninitialized(k, n);
        int info = LAPACKE_dgesdd(
                LAPACK_COL_MAJOR,
                (byte) 'S',
                m,
                n,
                scratch.pointer(),
                m,
                values.pointer(),
                u.pointer(),
                m,
                vTransposed.pointer(),
                k);
        Lapack.requireConverged("dgesdd", info, "a", m, n);
        return new SingularValueDecomposition(u, values, vTransposed);
    }

    /**
     * The left singular vectors.
     *
     * @return U with orthonormal columns, shape [m, k], a copy
     */
    public INDArray u() {
        return u.copy().array();
    }

    /**
     * The singular values in descending order, none negative.
     *
     * @return s, shape [k], a copy
     */
    public INDArray values() {
        return values.copy().array();
    }

    /**
     * The right singular vectors; the sign of each is tied to that of the left one and otherwise arbitrary.
     *
     * @return V (not transposed) with orthonormal columns, shape [n, k], a copy
     */
    public INDArray v() {
        return ColumnMajor.detached(vTransposed.columns(), vTransposed.rows())
                .assign(vTransposed.array().transpose());
    }
}
