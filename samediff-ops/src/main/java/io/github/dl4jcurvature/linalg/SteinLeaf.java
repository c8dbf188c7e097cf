/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.indexer.DoubleIndexer;

/**
 * Solves a small \(Y - A Y B = F\) for quasi-triangular A and B by substitution.
 *
 * <p>The unknowns of one diagonal block of A and one of B, at most four, are solved for at once. Matrices are held as
 * {@code [column][row]}.
 */
final class SteinLeaf {
    private final double[][] a;
    private final double[][] b;
    private final double[][] y;
    private final boolean upperA;
    private final boolean upperB;

    private SteinLeaf(QuasiTriangular a, QuasiTriangular b, double[][] f) {
        this.a = a.columns();
        this.b = b.columns();
        this.upperA = a.isUpper();
        this.upperB = b.isUpper();
        this.y = f;
    }

    /** Overwrites f, column-major, by the solution. */
    static void solve(QuasiTriangular a, QuasiTriangular b, MatrixView f) {
        int m = f.rows();
        DoubleIndexer elements = DoubleIndexer.create(f.doubles());
        double[][] columns = new double[f.columns()][m];
        for (int j = 0; j < columns.length; j++) {
            elements.get((long) j * f.leadingDimension(), columns[j], 0, m);
        }
        new SteinLeaf(a, b, columns).solve();
        for (int j = 0; j < columns.length; j++) {
            elements.put((long) j * f.leadingDimension(), columns[j], 0, m);
        }
    }

    /** A block of a column of Y depends on the blocks before it, or after it if B is lower. */
    private void solve() {
        int n = b.length;
        int j = upperB ? 0 : n;
        while (upperB ? j < n : j > 0) {
            int size = blockAt(b, upperB ? j : j - 1, upperB);
            int from = upperB ? j : j - size;
            solveColumns(from, size);
            j = upperB ? from + size : from;
        }
    }

    private void solveColumns(int from, int size) {
        int m = a.length;
        for (int q = from; q < from + size; q++) {
            double[] known = new double[m]; // done columns of Y times column q of B
            int first = upperB ? 0 : from + size;
            int end = upperB ? from : b.length;
            for (int k = first; k < end; k++) {
                addScaled(b[q][k], y[k], known, 0, m);
            }
            for (int k = 0; k < m; k++) {
                addScaled(known[k], a[k], y[q], 0, m);
            }
        }
        int i = upperA ? m : 0;
        while (upperA ? i > 0 : i < m) {
            int height = blockAt(a, upperA ? i - 1 : i, !upperA);
            int top = upperA ? i - height : i;
            solveBlock(top, height, from, size);
            pushRows(top, height, from, size);
            i = upperA ? top : top + height;
        }
    }

    /** Size of the diagonal block that starts (or, going down, ends) at an index. */
    private static int blockAt(double[][] t, int index, boolean forward) {
        int other = forward ? index + 1 : index - 1;
        boolean coupled = other >= 0 && other < t.length && t[index][other] != 0 && t[other][index] != 0;
        return coupled ? 2 : 1;
    }

    private void solveBlock(int top, int height, int from, int width) {
        int unknowns = height * width;
        double[][] matrix = new double[unknowns][unknowns + 1]; // [row][column], right-hand side last
        for (int q = 0; q < width; q++) {
            for (int p = 0; p < height; p++) {
                double[] row = matrix[q * height + p];
                for (int s = 0; s < width; s++) {
                    for (int r = 0; r < height; r++) {
                        row[s * height + r] = -a[top + r][top + p] * b[from + q][from + s];
                    }
                }
                row[q * height + p] += 1;
                row[unknowns] = y[from + q][top + p];
            }
        }
        double[] solution = eliminate(matrix);
        for (int q = 0; q < width; q++) {
            System.arraycopy(solution, q * height, y[from + q], top, height);
        }
    }

    /** Adds what a solved block contributes to the rows that are still to be solved. */
    private void pushRows(int top, int height, int from, int width) {
        int first = upperA ? 0 : top + height;
        int end = upperA ? top : a.length;
        for (int q = 0; q < width; q++) {
            for (int p = 0; p < height; p++) {
                double product = 0; // (Y B) at row top + p, column from + q
                for (int s = 0; s < width; s++) {
                    product += y[from + s][top + p] * b[from + q][from + s];
                }
                addScaled(product, a[top + p], y[from + q], first, end);
            }
        }
    }

    private static void addScaled(double factor, double[] x, double[] target, int from, int to) {
        for (int i = from; i < to; i++) {
            target[i] += factor * x[i];
        }
    }

    /** Gaussian elimination with partial pivoting. */
    private static double[] eliminate(double[][] matrix) {
        int n = matrix.length;
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int i = k + 1; i < n; i++) {
                if (Math.abs(matrix[i][k]) > Math.abs(matrix[pivot][k])) {
                    pivot = i;
                }
            }
            double[] row = matrix[pivot];
            matrix[pivot] = matrix[k];
            matrix[k] = row;
            if (row[k] == 0) {
                throw new SingularEquationException("the triangular equation has no unique solution: two eigenvalues"
                        + " multiply to 1; rescale one of the matrices");
            }
            for (int i = k + 1; i < n; i++) {
                addScaled(-matrix[i][k] / row[k], row, matrix[i], k, n + 1);
            }
        }
        double[] x = new double[n];
        for (int k = n - 1; k >= 0; k--) {
            double sum = matrix[k][n];
            for (int j = k + 1; j < n; j++) {
                sum -= matrix[k][j] * x[j];
            }
            x[k] = sum / matrix[k][k];
        }
        return x;
    }
}
