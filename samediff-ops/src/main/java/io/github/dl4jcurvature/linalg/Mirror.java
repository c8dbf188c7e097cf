/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.lang.ref.Reference;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

import static org.bytedeco.openblas.global.openblas.cblas_dcopy;
import static org.bytedeco.openblas.global.openblas.cblas_scopy;

/** Completes a symmetric matrix of which BLAS or LAPACK has written one triangle. */
final class Mirror {
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
        for (int j = 0; j < n - 1; j++) {
            long diagonal = j * (1L + stride);
            cblas_scopy(n - 1 - j, below.position(diagonal + 1), 1, right.position(diagonal + stride), stride);
        }
    }

    private static void lowerToUpper(int n, int stride, DoublePointer matrix) {
        DoublePointer below = new DoublePointer(matrix);
        DoublePointer right = new DoublePointer(matrix);
        for (int j = 0; j < n - 1; j++) {
            long diagonal = j * (1L + stride);
            cblas_dcopy(n - 1 - j, below.position(diagonal + 1), 1, right.position(diagonal + stride), stride);
        }
    }
}
