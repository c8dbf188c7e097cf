/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.nd4j.linalg.api.ndarray.INDArray;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dlacpy;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dorgqr;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * Thin QR decomposition \(A = Q R\).
 *
 * <p>With A of shape [m, n] and k = min(m, n), Q is [m, k] with orthonormal columns and R is [k, n], upper triangular or
 * trapezoidal. Arguments may have any order, view or data type and are not modified; results are fresh column-major
 * arrays in {@code DOUBLE} outside any workspace. No column is exchanged; rank-deficient matrices are legal. Immutable
 * and safe to share between threads. Source: LAPACK {@code dgeqrf} and {@code dorgqr} (Householder).
 */
public final class QrDecomposition {
    private final ColumnMajor q;
    private final ColumnMajor r;

    private QrDecomposition(ColumnMajor q, ColumnMajor r) {
        this.q = q;
        this.r = r;
    }

    /**
     * Decomposes a matrix.
     *
     * @param a the matrix A, shape [m, n]
     * @return its decomposition
     * @throws IllegalArgumentException if it is not a matrix or not finite
     */
    public static QrDecomposition of(INDArray a) {
        Shapes.requireMatrix("a", a);
        ColumnMajor reflectors = ColumnMajor.copyOf("a", a);
        int m = reflectors.rows();
        int n = reflectors.columns();
        int k = Math.min(m, n);
        ColumnMajor scales = ColumnMajor.uninitialized(k);
        Lapack.requireAccepted(
                "dgeqrf", LAPACKE_dgeqrf(LAPACK_COL_MAJOR, m, n, reflectors.pointer(), m, scales.pointer()));

        ColumnMajor r = ColumnMajor.zeros(k, n);
        LAPACKE_dlacpy(LAPACK_COL_MAJOR, (byte) 'U', k, n, reflectors.pointer(), m, r.pointer(), k);
        ColumnMajor q = ColumnMajor.uninitialized(m, k);
        LAPACKE_dlacpy(LAPACK_COL_MAJOR, (byte) 'A', m, k, reflectors.pointer(), m, q.pointer(), m);
        Lapack.requireAccepted("dorgqr", LAPACKE_dorgqr(LAPACK_COL_MAJOR, m, k, k, q.pointer(), m, scales.pointer()));
        return new QrDecomposition(q, r);
    }

    /**
     * The orthonormal factor.
     *
     * @return Q, shape [m, k], a copy
     */
    public INDArray q() {
        return q.copy().array();
    }

    /**
     * The triangular factor; elements of its diagonal may be negative.
     *
     * @return R with zeros below the diagonal, shape [k, n], a copy
     */
    public INDArray r() {
        return r.copy().array();
    }
}
