/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/**
 * A Schur factor T and a symmetric matrix Y cut into two by two blocks, in the order in which Y's blocks are solved for.
 *
 * @param first diagonal block of T whose equation stands alone
 * @param last the other diagonal block of T
 * @param coupling off-diagonal block of T, rows of the last and columns of the first
 * @param firstY diagonal block of Y that goes with the first
 * @param lastY the other diagonal block of Y
 * @param off block of Y with the rows of the last and the columns of the first, in the storage order of T
 * @param mirrored the transposed block of Y
 */
record SymmetricPartition(
        QuasiTriangular first,
        QuasiTriangular last,
        MatrixView coupling,
        MatrixView firstY,
        MatrixView lastY,
        MatrixView off,
        MatrixView mirrored) {

    static SymmetricPartition of(QuasiTriangular t, MatrixView y) {
        int n = t.order();
        int k = t.middle();
        MatrixView leading = y.rows(0, k).columns(0, k);
        MatrixView trailing = y.rows(k, n).columns(k, n);
        MatrixView above = y.rows(0, k).columns(k, n);
        MatrixView below = y.rows(k, n).columns(0, k);
        return t.isUpper()
                ? new SymmetricPartition(
                        t.trailing(k), t.leading(k), t.off(k), trailing, leading, above, below.transposed())
                : new SymmetricPartition(
                        t.leading(k), t.trailing(k), t.off(k), leading, trailing, above.transposed(), below);
    }

    /** Completes Y below the diagonal. */
    void mirror() {
        Copies.copy(off, mirrored);
    }
}
