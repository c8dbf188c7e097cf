/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/**
 * Solves \(T Y + Y T^\top = F\) in place for a Schur factor or its transpose and a symmetric F, at half the work of
 * {@link TriangularSylvester}.
 *
 * <p>Source: Jonsson and Kågström, Recursive blocked algorithms for solving triangular systems, part II (2002).
 */
public final class TriangularLyapunov {
    private static final int LEAF = 24;

    private TriangularLyapunov() {}

    /**
     * Solves \(T Y + Y T^\top = F\).
     *
     * @param t Schur factor, shape [n, n], column-major, or its transposed view
     * @param f right-hand side, shape [n, n], column-major, symmetric; overwritten by Y, which is symmetric bit for bit
     *     off the diagonal blocks and symmetric up to rounding within
     * @throws SingularEquationException if two eigenvalues of T sum to zero up to rounding, or Y overflows
     */
    public static void solve(MatrixView t, MatrixView f) {
        solve(QuasiTriangular.of(t), f);
    }

    private static void solve(QuasiTriangular t, MatrixView f) {
        int n = t.order();
        if (n <= LEAF) {
            TriangularSylvester.solve(t.view(), t.view().transposed(), f);
            return;
        }
        int k = t.middle();
        boolean up = t.isUpper();
        QuasiTriangular first = up ? t.trailing(k) : t.leading(k);
        QuasiTriangular last = up ? t.leading(k) : t.trailing(k);
        MatrixView leading = f.rows(0, k).columns(0, k);
        MatrixView trailing = f.rows(k, n).columns(k, n);
        MatrixView firstY = up ? trailing : leading;
        MatrixView lastY = up ? leading : trailing;
        MatrixView above = f.rows(0, k).columns(k, n);
        // rows of the last block, columns of the first; in the storage order of t
        MatrixView off = up ? above : above.transposed();

        solve(first, firstY);
        Gemm.multiply(-1, t.off(k), firstY, 1, off);
        TriangularSylvester.solve(last.view(), first.view().transposed(), off);
        Gemm.symmetricRankTwo(-1, t.off(k), off, 1, lastY);
        solve(last, lastY);
        Copies.copy(above.transposed(), f.rows(k, n).columns(0, k));
    }
}
