/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.indexer.DoubleIndexer;

/**
 * Solves small equations with quasi-triangular A and B by substitution.
 *
 * <p>The unknowns of one diagonal block of A and one of B, at most four, are solved for at once. Matrices are held column
 * by column in arrays that serve for one equation after the other.
 */
abstract class TriangularLeaf {
    /** Largest order, and the length of a column in all arrays. */
    static final int STRIDE = 16;
    /** A row of a block's equations: at most four unknowns and the right-hand side. */
    private static final int ROW = 5;

    final double[] a = new double[STRIDE * STRIDE];
    final double[] b = new double[STRIDE * STRIDE];
    /** The right-hand side, step by step replaced by the solution. */
    final double[] y = new double[STRIDE * STRIDE];

    private final double[] block = new double[4 * ROW];
    int m;
    int n;
    boolean upperA;
    boolean upperB;

    /** Overwrites f, column-major and of at most 16 rows and columns, by the solution. */
    final void solve(QuasiTriangular left, QuasiTriangular right, MatrixView f) {
        m = f.rows();
        n = f.columns();
        upperA = left.isUpper();
        upperB = right.isUpper();
        left.copyTo(a, STRIDE);
        right.copyTo(b, STRIDE);
        DoubleIndexer elements = DoubleIndexer.create(f.doubles());
        for (int j = 0; j < n; j++) {
            elements.get((long) j * f.leadingDimension(), y, j * STRIDE, m);
        }
        solve();
        for (int j = 0; j < n; j++) {
            elements.put((long) j * f.leadingDimension(), y, j * STRIDE, m);
        }
    }

    /** A block of a column of Y depends on the blocks before it, or after it if B is lower. */
    private void solve() {
        int j = upperB ? 0 : n;
        while (upperB ? j < n : j > 0) {
            int size = blockAt(b, n, upperB ? j : j - 1, upperB);
            int from = upperB ? j : j - size;
            solveColumns(from, size);
            j = upperB ? from + size : from;
        }
    }

    private void solveColumns(int from, int size) {
        for (int q = from; q < from + size; q++) {
            moveKnown(q, upperB ? 0 : from + size, upperB ? from : n);
        }
        int i = upperA ? m : 0;
        while (upperA ? i > 0 : i < m) {
            int height = blockAt(a, m, upperA ? i - 1 : i, !upperA);
            int top = upperA ? i - height : i;
            solveBlock(top, height, from, size);
            pushRows(top, height, from, size);
            i = upperA ? top : top + height;
        }
    }

    /** Size of the diagonal block that starts (or, going down, ends) at an index. */
    private static int blockAt(double[] t, int order, int index, boolean forward) {
        int other = forward ? index + 1 : index - 1;
        boolean coupled =
                other >= 0 && other < order && t[index * STRIDE + other] != 0 && t[other * STRIDE + index] != 0;
        return coupled ? 2 : 1;
    }

    private void solveBlock(int top, int height, int from, int width) {
        int unknowns = height * width;
        for (int q = 0; q < width; q++) {
            for (int p = 0; p < height; p++) {
                int row = (q * height + p) * ROW;
                for (int s = 0; s < width; s++) {
                    double factor = b[(from + q) * STRIDE + from + s];
                    for (int r = 0; r < height; r++) {
                        block[row + s * height + r] =
                                coefficient(a[(top + r) * STRIDE + top + p], factor, p == r, q == s);
                    }
                }
                block[row + unknowns] = y[(from + q) * STRIDE + top + p];
            }
        }
        eliminate(unknowns);
        for (int q = 0; q < width; q++) {
            for (int p = 0; p < height; p++) {
                y[(from + q) * STRIDE + top + p] = block[(q * height + p) * ROW + unknowns];
            }
        }
    }

    /** Adds what a solved block contributes to the rows that are still to be solved. */
    private void pushRows(int top, int height, int from, int width) {
        int first = upperA ? 0 : top + height;
        int end = upperA ? top : m;
        for (int q = 0; q < width; q++) {
            for (int p = 0; p < height; p++) {
                double factor = pushFactor(top + p, from + q, from, width);
                addScaled(factor, a, (top + p) * STRIDE, y, (from + q) * STRIDE, first, end);
            }
        }
    }

    /** Moves what columns {@code first} to {@code end} of Y, which are known, contribute to column q over to the right. */
    abstract void moveKnown(int q, int first, int end);

    /** Coefficient of one unknown of a block in one of its equations. */
    abstract double coefficient(double a, double b, boolean sameRow, boolean sameColumn);

    /** By what a column of A is multiplied before it is added to column q, once a block is solved. */
    abstract double pushFactor(int row, int column, int from, int width);

    static void addScaled(double factor, double[] x, int xAt, double[] target, int at, int from, int to) {
        for (int i = from; i < to; i++) {
            target[at + i] += factor * x[xAt + i];
        }
    }

    /** Gaussian elimination with partial pivoting; leaves the solution in the place of the right-hand side. */
    private void eliminate(int unknowns) {
        for (int k = 0; k < unknowns; k++) {
            int pivot = k;
            for (int i = k + 1; i < unknowns; i++) {
                if (Math.abs(block[i * ROW + k]) > Math.abs(block[pivot * ROW + k])) {
                    pivot = i;
                }
            }
            if (pivot != k) {
                swapRows(k, pivot, unknowns);
            }
            double diagonal = block[k * ROW + k];
            if (diagonal == 0) {
                throw new SingularEquationException("the triangular equation has no unique solution: two eigenvalues"
                        + " cancel; rescale or shift one of the matrices");
            }
            for (int i = k + 1; i < unknowns; i++) {
                double factor = block[i * ROW + k] / diagonal;
                for (int j = k + 1; j <= unknowns; j++) {
                    block[i * ROW + j] -= factor * block[k * ROW + j];
                }
            }
        }
        for (int k = unknowns - 1; k >= 0; k--) {
            double sum = block[k * ROW + unknowns];
            for (int j = k + 1; j < unknowns; j++) {
                sum -= block[k * ROW + j] * block[j * ROW + unknowns];
            }
            block[k * ROW + unknowns] = sum / block[k * ROW + k];
        }
    }

    private void swapRows(int one, int other, int unknowns) {
        for (int j = 0; j <= unknowns; j++) {
            double kept = block[one * ROW + j];
            block[one * ROW + j] = block[other * ROW + j];
            block[other * ROW + j] = kept;
        }
    }
}
