/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.indexer.DoubleIndexer;

/**
 * A Schur factor T or its transpose, cut recursively without cutting a 2 by 2 block.
 *
 * <p>Upper as it is stored, lower when transposed.
 */
final class QuasiTriangular {
    private final MatrixView view;

    private QuasiTriangular(MatrixView view) {
        this.view = view;
    }

    /** Describes a Schur factor; a transposed view is lower triangular. */
    static QuasiTriangular of(MatrixView view) {
        if (view.rows() != view.columns()) {
            throw new IllegalArgumentException("a triangular matrix must be square but is %s".formatted(view));
        }
        return new QuasiTriangular(view);
    }

    MatrixView view() {
        return view;
    }

    int order() {
        return view.rows();
    }

    boolean isUpper() {
        return view.isColumnMajor();
    }

    QuasiTriangular transposed() {
        return new QuasiTriangular(view.transposed());
    }

    /** Where to cut, at about half. */
    int middle() {
        int k = order() / 2;
        MatrixView stored = isUpper() ? view : view.transposed();
        boolean inside = stored.doubles().get((k - 1L) * stored.leadingDimension() + k) != 0;
        return inside ? k + 1 : k;
    }

    QuasiTriangular leading(int k) {
        return new QuasiTriangular(view.rows(0, k).columns(0, k));
    }

    QuasiTriangular trailing(int k) {
        return new QuasiTriangular(view.rows(k, order()).columns(k, order()));
    }

    /** The block off the diagonal that is not zero: above it if upper, below it if lower. */
    MatrixView off(int k) {
        int n = order();
        return isUpper() ? view.rows(0, k).columns(k, n) : view.rows(k, n).columns(0, k);
    }

    /** All elements as {@code [column][row]}. */
    double[][] columns() {
        int n = order();
        MatrixView stored = isUpper() ? view : view.transposed();
        DoubleIndexer elements = DoubleIndexer.create(stored.doubles());
        double[][] columns = new double[n][n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i <= Math.min(j + 1, n - 1); i++) {
                double value = elements.get((long) j * stored.leadingDimension() + i);
                if (isUpper()) {
                    columns[j][i] = value;
                } else {
                    columns[i][j] = value;
                }
            }
        }
        return columns;
    }
}
