/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/**
 * Solves \(A Y + Y B = F\) in place for Schur factors A and B or their transposes, by halving the larger one.
 *
 * <p>Nearly all operations are matrix products; small blocks are solved by substitution. LAPACK's
 * {@code dtrsyl} is several times slower for large matrices. Source: Jonsson and Kågström, Recursive blocked
 * algorithms for solving triangular systems, part I (2002).
 */
public final class TriangularSylvester {
    private static final int LEAF = TriangularLeaf.STRIDE;

    private final SylvesterLeaf leaf = new SylvesterLeaf();

    private TriangularSylvester() {}

    /**
     * Solves \(A Y + Y B = F\).
     *
     * @param a Schur factor T, shape [m, m], column-major, or its transposed view
     * @param b Schur factor, shape [n, n], column-major, or its transposed view
     * @param f right-hand side, shape [m, n]; overwritten by Y
     * @throws SingularEquationException if an eigenvalue of A and one of B sum to zero; where they nearly do, Y may be
     *     very large or overflow
     */
    public static void solve(MatrixView a, MatrixView b, MatrixView f) {
        if (!f.isColumnMajor()) {
            solve(b.transposed(), a.transposed(), f.transposed());
            return;
        }
        new TriangularSylvester().solve(QuasiTriangular.of(a), QuasiTriangular.of(b), f);
    }

    private void solve(QuasiTriangular a, QuasiTriangular b, MatrixView f) {
        int m = a.order();
        int n = b.order();
        if (m <= LEAF && n <= LEAF) {
            leaf.solve(a, b, f);
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
}
