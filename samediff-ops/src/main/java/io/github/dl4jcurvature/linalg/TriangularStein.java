/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/**
 * Solves \(Y - A Y B = F\) in place for Schur factors A and B or their transposes, by halving the larger one.
 *
 * <p>No bilinear transform: that one inverts \(A \pm I\) and fails near eigenvalues of modulus 1. Source: Jonsson and
 * Kågström, Recursive blocked algorithms for solving triangular systems, part II (2002).
 */
public final class TriangularStein {
    private static final int LEAF = TriangularLeaf.STRIDE;

    private final SteinLeaf leaf = new SteinLeaf();
    private final MatrixView scratch;

    private TriangularStein(MatrixView scratch) {
        this.scratch = scratch;
    }

    /**
     * Solves \(Y - A Y B = F\).
     *
     * @param a Schur factor T, shape [m, m], column-major, or its transposed view
     * @param b Schur factor, shape [n, n], column-major, or its transposed view
     * @param f right-hand side, shape [m, n]; overwritten by Y
     * @throws SingularEquationException if an eigenvalue of A and one of B multiply to 1 up to rounding
     */
    public static void solve(MatrixView a, MatrixView b, MatrixView f) {
        if (!f.isColumnMajor()) {
            solve(b.transposed(), a.transposed(), f.transposed());
            return;
        }
        try (ColumnMajor scratch = ColumnMajor.uninitialized(f.rows(), f.columns())) {
            new TriangularStein(scratch.view()).solve(QuasiTriangular.of(a), QuasiTriangular.of(b), f);
        }
    }

    /**
     * Solves \(Y - T Y T^\top = F\) for a symmetric F, at about half the work.
     *
     * @param t Schur factor, shape [n, n], column-major, or its transposed view
     * @param f right-hand side, shape [n, n], column-major, symmetric; overwritten by Y
     * @throws SingularEquationException if two eigenvalues of T multiply to 1 up to rounding
     */
    public static void solveSymmetric(MatrixView t, MatrixView f) {
        int half = f.rows() / 2 + 1; // a cut may be one off the middle
        try (ColumnMajor scratch = ColumnMajor.uninitialized(half, half)) {
            new TriangularStein(scratch.view()).solveSymmetric(QuasiTriangular.of(t), f);
        }
    }

    private void solve(QuasiTriangular a, QuasiTriangular b, MatrixView f) {
        int m = a.order();
        int n = b.order();
        if (m <= LEAF && n <= LEAF) {
            leaf.solve(a, b, f);
        } else if (m >= n) {
            int k = a.middle();
            boolean up = a.isUpper();
            MatrixView first = up ? f.rows(k, m) : f.rows(0, k);
            MatrixView last = up ? f.rows(0, k) : f.rows(k, m);
            solve(up ? a.trailing(k) : a.leading(k), b, first);
            MatrixView product = scratch.rows(0, first.rows()).columns(0, n);
            b.multiplyFromLeft(first, 0, product);
            Gemm.multiply(1, a.off(k), product, 1, last);
            solve(up ? a.leading(k) : a.trailing(k), b, last);
        } else {
            int k = b.middle();
            boolean up = b.isUpper();
            MatrixView first = up ? f.columns(0, k) : f.columns(k, n);
            MatrixView last = up ? f.columns(k, n) : f.columns(0, k);
            solve(a, up ? b.leading(k) : b.trailing(k), first);
            MatrixView product = scratch.rows(0, m).columns(0, first.columns());
            a.transposed().multiplyFromLeft(first.transposed(), 0, product.transposed());
            Gemm.multiply(1, product, b.off(k), 1, last);
            solve(a, up ? b.trailing(k) : b.leading(k), last);
        }
    }

    private void solveSymmetric(QuasiTriangular t, MatrixView f) {
        int n = t.order();
        if (n <= LEAF) {
            leaf.solve(t, t.transposed(), f);
            return;
        }
        SymmetricPartition parts = SymmetricPartition.of(t, f);
        MatrixView off = parts.off();
        boolean up = t.isUpper();
        MatrixView corner =
                scratch.rows(0, up ? off.rows() : off.columns()).columns(0, up ? off.columns() : off.rows());
        MatrixView product = up ? corner : corner.transposed();

        solveSymmetric(parts.first(), parts.firstY());
        Gemm.multiply(1, parts.coupling(), parts.firstY(), 0, product);
        parts.first().transposed().multiplyFromLeft(product, 1, off);
        solve(parts.last().view(), parts.first().view().transposed(), off);
        parts.last().transposed().multiplyFromLeft(off.transposed(), 0.5, product.transposed());
        Gemm.symmetricRankTwo(1, product, parts.coupling(), 1, parts.lastY());
        solveSymmetric(parts.last(), parts.lastY());
        parts.mirror();
    }
}
