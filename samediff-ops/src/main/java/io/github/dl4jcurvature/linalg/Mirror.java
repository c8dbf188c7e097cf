/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.lang.ref.Reference;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

import static org.bytedeco.openblas.global.openblas.cblas_dcopy;
import static org.bytedeco.openblas.global.openblas.cblas_scopy;

/** Completes a symmetric matrix of which BLAS or LAPACK has written one triangle. */
final class Mirror {
    /** Rows that are written side by side, so that what is fetched into the cache is filled before it leaves. */
    private static final int TILE = 64;

    private Mirror() {}

    /** Copies the triangle below the diagonal of the matrix, read as column-major memory, to the one above. */
    static void lowerToUpper(MatrixView matrix) {
        int n = matrix.rows();
        try {
            if (matrix.isFloat()) {
                lowerToUpper(n, matrix.leadingDimension(), matrix.floats());
            } else {
                lowerToUpper(n, matrix.leadingDimension(), matrix.doubles());
            }
        } finally {
            Reference.reachabilityFence(matrix); // the moving pointers do not hold the memory
        }
    }

    private static void lowerToUpper(int n, int stride, FloatPointer matrix) {
        FloatPointer below = new FloatPointer(matrix);
        FloatPointer right = new FloatPointer(matrix);
        for (int top = 0; top < n; top += TILE) {
            int bottom = Math.min(top + TILE, n);
            for (int j = 0; j < bottom - 1; j++) {
                int first = Math.max(top, j + 1);
                long column = (long) j * stride;
                long row = (long) first * stride;
                cblas_scopy(bottom - first, below.position(column + first), 1, right.position(row + j), stride);
            }
        }
    }

    private static void lowerToUpper(int n, int stride, DoublePointer matrix) {
        DoublePointer below = new DoublePointer(matrix);
        DoublePointer right = new DoublePointer(matrix);
        for (int top = 0; top < n; top += TILE) {
            int bottom = Math.min(top + TILE, n);
            for (int j = 0; j < bottom - 1; j++) {
                int first = Math.max(top, j + 1);
                long column = (long) j * stride;
                long row = (long) first * stride;
                cblas_dcopy(bottom - first, below.position(column + first), 1, right.position(row + j), stride);
            }
        }
    }
}
