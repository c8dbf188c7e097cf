/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/** Interprets the return codes and condition estimates of LAPACK. */
final class Lapack {
    /** Condition numbers beyond its reciprocal leave no correct digit. */
    static final double EPSILON = 0x1p-52;

    private Lapack() {}

    /** Negative codes: an argument was refused or LAPACK's own workspace could not be allocated. */
    static void requireAccepted(String routine, int info) {
        if (info < 0) {
            throw new IllegalStateException(
                    "LAPACK %s returned %d (below -1000: no memory for its workspace, else: argument refused); free memory or report a bug"
                            .formatted(routine, info));
        }
    }

    static void requireConverged(String routine, int info, String name, int rows, int columns) {
        requireAccepted(routine, info);
        if (info > 0) {
            throw new SingularEquationException(
                    "%s [%d, %d]: LAPACK %s did not converge (code %d); rescale the matrix so that its elements are of similar size"
                            .formatted(name, rows, columns, routine, info));
        }
    }

    static void requireWellConditioned(String name, int order, double reciprocalCondition) {
        if (!(reciprocalCondition >= EPSILON)) {
            throw new SingularEquationException(
                    ("%s of order %d is numerically singular: its reciprocal condition %.3g is below %.3g;"
                                    + " add a multiple of the identity (damping) or remove dependent rows")
                            .formatted(name, order, reciprocalCondition, EPSILON));
        }
    }

    /** A solution can overflow although the matrix is well-conditioned. */
    static void requireFiniteSolution(ColumnMajor solution, double reciprocalCondition) {
        double largest = solution.norm('M');
        if (!(largest >= 0 && largest <= Double.MAX_VALUE)) {
            throw new SingularEquationException(
                    "the solution [%d, %d] overflows (reciprocal condition %.3g); rescale the matrix or the right-hand side"
                            .formatted(solution.rows(), solution.columns(), reciprocalCondition));
        }
    }
}
