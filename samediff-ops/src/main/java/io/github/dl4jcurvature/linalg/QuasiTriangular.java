/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.indexer.DoubleIndexer;

/**
 * A Schur factor T or its transpose, cut recursively without cutting a 2 by 2 block.
 *
 * <p>Upper as it is stored, lower when transposed.
 */
final class QuasiTriangular {
    private static final int WORTH_CUTTING = 128;

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

    /** Adds M T to beta times the old content of a matrix, without the half of T that is zero where that pays. */
    void multiplyFromLeft(MatrixView matrix, double beta, MatrixView target) {
        int n = order();
        if (n < WORTH_CUTTING) {
            Gemm.multiply(1, matrix, view, beta, target);
            return;
        }
        int k = middle();
        MatrixView left = matrix.columns(0, k);
        MatrixView right = matrix.columns(k, n);
        MatrixView targetLeft = target.columns(0, k);
        MatrixView targetRight = target.columns(k, n);
        leading(k).multiplyFromLeft(left, beta, targetLeft);
        trailing(k).multiplyFromLeft(right, beta, targetRight);
        Gemm.multiply(1, isUpper() ? left : right, off(k), 1, isUpper() ? targetRight : targetLeft);
    }

    /** Writes all elements column by column, zeros included; columns start {@code stride} elements apart. */
    void copyTo(double[] target, int stride) {
        int n = order();
        MatrixView stored = isUpper() ? view : view.transposed();
        DoubleIndexer elements = DoubleIndexer.create(stored.doubles());
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                double value = i <= j + 1 ? elements.get((long) j * stored.leadingDimension() + i) : 0;
                target[isUpper() ? j * stride + i : i * stride + j] = value;
            }
        }
    }
}
