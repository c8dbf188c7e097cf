/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dtrsyl_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * Solves \(A Y + Y B = F\) in place for Schur factors A and B or their transposes, by halving the larger one.
 *
 * <p>Nearly all operations are matrix products; blocks of at most {@value #LEAF} rows and columns are solved by LAPACK
 * {@code dtrsyl}, which alone is several times slower for large matrices. Source: Jonsson and Kågström, Recursive blocked
 * algorithms for solving triangular systems, part I (2002).
 */
public final class TriangularSylvester implements AutoCloseable {
    private static final int LEAF = 24;

    private final DoublePointer scale = new DoublePointer(1L);

    private TriangularSylvester() {}

    /**
     * Solves \(A Y + Y B = F\).
     *
     * @param a Schur factor T, shape [m, m], column-major, or its transposed view
     * @param b Schur factor, shape [n, n], column-major, or its transposed view
     * @param f right-hand side, shape [m, n]; overwritten by Y
     * @throws SingularEquationException if eigenvalues of A and B sum to zero up to rounding, or Y overflows
     */
    public static void solve(MatrixView a, MatrixView b, MatrixView f) {
        if (!f.isColumnMajor()) {
            solve(b.transposed(), a.transposed(), f.transposed());
            return;
        }
        try (TriangularSylvester solver = new TriangularSylvester()) {
            solver.solve(QuasiTriangular.of(a), QuasiTriangular.of(b), f);
        }
    }

    /** Frees the scratch memory. */
    @Override
    public void close() {
        scale.close();
    }

    private void solve(QuasiTriangular a, QuasiTriangular b, MatrixView f) {
        int m = a.order();
        int n = b.order();
        if (m <= LEAF && n <= LEAF) {
            solveLeaf(a, b, f);
        } else if (m >= n) {
            int k = a.middle();
            boolean up = a.isUpper();
            MatrixView above = f.rows(0, k);
            MatrixView below = f.rows(k, m);
            solve(up ? a.trailing(k) : a.leading(k), b, up ? below : above);
            Gemm.multiply(-1, a.off(k), up ? below : above, 1, up ? above : below);
            solve(up ? a.leading(k) : a.trailing(k), b, up ? above : below);
        } else {
            int k = b.middle();
            boolean up = b.isUpper();
            MatrixView left = f.columns(0, k);
            MatrixView right = f.columns(k, n);
            solve(a, up ? b.leading(k) : b.trailing(k), up ? left : right);
            Gemm.multiply(-1, up ? left : right, b.off(k), 1, up ? right : left);
            solve(a, up ? b.trailing(k) : b.leading(k), up ? right : left);
        }
    }

    private void solveLeaf(QuasiTriangular a, QuasiTriangular b, MatrixView f) {
        int info = LAPACKE_dtrsyl_work(
                LAPACK_COL_MAJOR,
                (byte) (a.isUpper() ? 'N' : 'T'),
                (byte) (b.isUpper() ? 'N' : 'T'),
                1,
                a.order(),
                b.order(),
                a.view().doubles(),
                a.view().leadingDimension(),
                b.view().doubles(),
                b.view().leadingDimension(),
                f.doubles(),
                f.leadingDimension(),
                scale);
        Lapack.requireAccepted("dtrsyl", info);
        if (info > 0 || scale.get() != 1) {
            throw new SingularEquationException(
                    ("the triangular equation [%d, %d] has no unique solution or it overflows"
                                    + " (dtrsyl code %d, scale %.3g); rescale the matrices or shift one of them")
                            .formatted(a.order(), b.order(), info, scale.get()));
        }
    }
}
