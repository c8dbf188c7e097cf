/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/**
 * Solves \(T Y + Y T^\top = F\) in place for a Schur factor or its transpose and a symmetric F, at half the work of
 * {@link TriangularSylvester}.
 *
 * <p>Source: Jonsson and Kågström, Recursive blocked algorithms for solving triangular systems, part II (2002).
 */
public final class TriangularLyapunov {
    private static final int LEAF = TriangularLeaf.STRIDE;

    private TriangularLyapunov() {}

    /**
     * Solves \(T Y + Y T^\top = F\).
     *
     * @param t Schur factor, shape [n, n], column-major, or its transposed view
     * @param f right-hand side, shape [n, n], column-major, symmetric; overwritten by Y, which is symmetric bit for bit
     *     off the diagonal blocks and symmetric up to rounding within
     * @throws SingularEquationException if two eigenvalues of T sum to zero; where they nearly do, Y may be very large or
     *     overflow
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
        SymmetricPartition parts = SymmetricPartition.of(t, f);
        solve(parts.first(), parts.firstY());
        Gemm.multiply(-1, parts.coupling(), parts.firstY(), 1, parts.off());
        TriangularSylvester.solve(parts.last().view(), parts.first().view().transposed(), parts.off());
        Gemm.symmetricRankTwo(-1, parts.coupling(), parts.off(), 1, parts.lastY());
        solve(parts.last(), parts.lastY());
        parts.mirror();
    }
}
