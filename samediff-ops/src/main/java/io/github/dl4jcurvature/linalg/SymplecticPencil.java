/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dgges;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dormqr;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dtgsen_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * The extended symplectic pencil of a discrete-time Riccati equation,
 * \(\begin{pmatrix} A &amp; 0 &amp; B \\ -Q &amp; I &amp; -S \\ S^\top &amp; 0 &amp; R \end{pmatrix} - \lambda
 * \begin{pmatrix} I &amp; 0 &amp; 0 \\ 0 &amp; A^\top &amp; 0 \\ 0 &amp; -B^\top &amp; 0 \end{pmatrix}\), for any A and R.
 *
 * <p>Source: Van Dooren, A generalized eigenvalue approach for solving Riccati equations (1981); LAPACK {@code dgges},
 * {@code dtgsen}.
 */
public final class SymplecticPencil {
    private SymplecticPencil() {}

    /**
     * An orthonormal basis of the deflating subspace of the eigenvalues inside the unit circle, without its input part.
     *
     * @param a shape [n, n]
     * @param b shape [n, m]
     * @param q shape [n, n], symmetric
     * @param r shape [m, m], symmetric
     * @param s shape [n, m], or null for zero
     * @return shape [2n, n]
     * @throws SingularEquationException if there are not n such eigenvalues or they cannot be separated from the others
     */
    public static MatrixView stableBasis(
            ColumnMajor a, ColumnMajor b, ColumnMajor q, ColumnMajor r, @Nullable ColumnMajor s) {
        int n = a.rows();
        int m = b.columns();
        ColumnMajor left = ColumnMajor.zeros(2L * n + m, 2L * n + m);
        ColumnMajor right = ColumnMajor.zeros(2L * n + m, 2L * n);
        try (left;
                right) {
            fill(a, b, q, r, s, left.view(), right.view());
            return compressed(n, m, left, right);
        }
    }

    private static void fill(
            ColumnMajor a,
            ColumnMajor b,
            ColumnMajor q,
            ColumnMajor r,
            @Nullable ColumnMajor s,
            MatrixView left,
            MatrixView right) {
        int n = a.rows();
        int all = left.rows();
        MatrixView first = left.rows(0, n);
        MatrixView second = left.rows(n, 2 * n);
        MatrixView third = left.rows(2 * n, all);
        ColumnMajor.copy(1, a.view(), first.columns(0, n));
        ColumnMajor.copy(1, b.view(), first.columns(2 * n, all));
        ColumnMajor.copy(-1, q.view(), second.columns(0, n));
        ColumnMajor.copy(1, r.view(), third.columns(2 * n, all));
        if (s != null) {
            ColumnMajor.copy(-1, s.view(), second.columns(2 * n, all));
            ColumnMajor.copy(1, s.view().transposed(), third.columns(0, n));
        }
        try (ColumnMajor identity = ColumnMajor.zeros(n, n).addToDiagonal(1)) {
            ColumnMajor.copy(1, identity.view(), second.columns(n, 2 * n));
            ColumnMajor.copy(1, identity.view(), right.rows(0, n).columns(0, n));
        }
        ColumnMajor.copy(1, a.view().transposed(), right.rows(n, 2 * n).columns(n, 2 * n));
        ColumnMajor.copy(-1, b.view().transposed(), right.rows(2 * n, all).columns(n, 2 * n));
    }

    /** Removes the inputs by an orthogonal transform of the rows. */
    private static MatrixView compressed(int n, int m, ColumnMajor left, ColumnMajor right) {
        int all = 2 * n + m;
        try (ColumnMajor inputs = ColumnMajor.copyOf(left.view().columns(2 * n, all));
                DoublePointer tau = new DoublePointer((long) m)) {
            Lapack.requireAccepted("dgeqrf", LAPACKE_dgeqrf(LAPACK_COL_MAJOR, all, m, inputs.pointer(), all, tau));
            for (ColumnMajor side : new ColumnMajor[] {left, right}) {
                int info = LAPACKE_dormqr(
                        LAPACK_COL_MAJOR,
                        (byte) 'L',
                        (byte) 'T',
                        all,
                        2 * n,
                        m,
                        inputs.pointer(),
                        all,
                        tau,
                        side.pointer(),
                        all);
                Lapack.requireAccepted("dormqr", info);
            }
        }
        try (ColumnMajor h = ColumnMajor.copyOf(left.view().rows(m, all).columns(0, 2 * n));
                ColumnMajor j = ColumnMajor.copyOf(right.view().rows(m, all))) {
            return stable(n, h, j);
        }
    }

    private static MatrixView stable(int n, ColumnMajor h, ColumnMajor j) {
        int order = 2 * n;
        ColumnMajor z = ColumnMajor.zeros(order, order);
        try (IntPointer count = new IntPointer(1L);
                IntPointer selected = new IntPointer((long) order);
                DoublePointer re = new DoublePointer((long) order);
                DoublePointer im = new DoublePointer((long) order);
                DoublePointer beta = new DoublePointer((long) order);
                DoublePointer unused = new DoublePointer(1L)) {
            int info = LAPACKE_dgges(
                    LAPACK_COL_MAJOR,
                    (byte) 'N',
                    (byte) 'V',
                    (byte) 'N',
                    null,
                    order,
                    h.pointer(),
                    order,
                    j.pointer(),
                    order,
                    count,
                    re,
                    im,
                    beta,
                    unused,
                    1,
                    z.pointer(),
                    order);
            Lapack.requireConverged("dgges", info, "symplectic pencil", order, order);
            int stable = 0;
            for (int i = 0; i < order; i++) {
                boolean inside = Math.hypot(re.get(i), im.get(i)) < Math.abs(beta.get(i));
                selected.put(i, inside ? 1 : 0);
                stable += inside ? 1 : 0;
            }
            if (stable != n) {
                throw new SingularEquationException(
                        ("dare: no stabilising solution: %d of %d eigenvalues of the symplectic pencil lie inside the"
                                        + " unit circle; make (A, B) stabilisable or weigh the unobservable mode in Q")
                                .formatted(stable, order));
            }
            reorder(order, selected, h, j, re, im, beta, z, count);
            return z.view().columns(0, n);
        }
    }

    private static void reorder(
            int order,
            IntPointer selected,
            ColumnMajor h,
            ColumnMajor j,
            DoublePointer re,
            DoublePointer im,
            DoublePointer beta,
            ColumnMajor z,
            IntPointer count) {
        int size = 4 * order + 16;
        try (DoublePointer work = new DoublePointer((long) size);
                DoublePointer bounds = new DoublePointer(4L);
                IntPointer integers = new IntPointer(1L)) {
            // the variant that allocates its own workspace crashes without condition numbers
            int info = LAPACKE_dtgsen_work(
                    LAPACK_COL_MAJOR,
                    0,
                    0,
                    1,
                    selected,
                    order,
                    h.pointer(),
                    order,
                    j.pointer(),
                    order,
                    re,
                    im,
                    beta,
                    z.pointer(),
                    order,
                    z.pointer(),
                    order,
                    count,
                    bounds,
                    bounds,
                    bounds,
                    work,
                    size,
                    integers,
                    1);
            Lapack.requireConverged("dtgsen", info, "symplectic pencil", order, order);
        }
    }
}
