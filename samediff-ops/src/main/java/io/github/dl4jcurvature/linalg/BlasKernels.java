/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/** The native routines that all others are built of, on square column-major matrices without gaps. */
interface BlasKernels {
    /** Overwrites c by the product of a and b, each transposed or not. */
    void multiply(int n, boolean transposeA, double[] a, boolean transposeB, double[] b, double[] c);

    /** Overwrites x by the product with a triangular matrix, or its transpose, from one side. */
    void multiplyTriangular(int n, TriangularForm form, double[] triangular, double[] x);

    /** Overwrites x by the solution of the equation that {@link #multiplyTriangular} would undo. */
    void solveTriangular(int n, TriangularForm form, double[] triangular, double[] x);

    /** Overwrites the lower triangle of a symmetric positive definite matrix by its Cholesky factor. */
    void factor(int n, double[] a);

    /** Which triangle is stored, and from which side it acts. */
    record TriangularForm(boolean left, boolean lower, boolean transposed) {
        @Override
        public String toString() {
            return "%s, %s%s"
                    .formatted(left ? "left" : "right", lower ? "lower" : "upper", transposed ? ", transposed" : "");
        }
    }
}
