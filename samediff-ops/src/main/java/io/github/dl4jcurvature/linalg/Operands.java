/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/** Checks shapes, types and memory of the operands of {@link Gemm}; allocates only when it refuses. */
final class Operands {
    private Operands() {}

    static void requireProduct(MatrixView a, MatrixView b, MatrixView c) {
        if (a.columns() != b.rows() || a.rows() != c.rows() || b.columns() != c.columns()) {
            throw new IllegalArgumentException(
                    "a %s times b %s does not fit c %s; [m, k] times [k, n] gives [m, n], see transposed()"
                            .formatted(a, b, c));
        }
        requireSameType(a, b, c);
        Aliasing.requireDisjoint("c", c, "a", a);
        Aliasing.requireDisjoint("c", c, "b", b);
    }

    static void requireSymmetricProduct(MatrixView a, MatrixView c) {
        if (c.rows() != a.rows() || c.columns() != a.rows()) {
            throw new IllegalArgumentException(
                    "a %s times its transpose does not fit c %s; [n, k] gives [n, n], see transposed()"
                            .formatted(a, c));
        }
        requireSameType(a, a, c);
        Aliasing.requireDisjoint("c", c, "a", a);
    }

    static void requireVectorProduct(MatrixView a, MatrixView x, MatrixView y) {
        requireVector("x", x);
        requireVector("y", y);
        if (a.columns() != x.length() || a.rows() != y.length()) {
            throw new IllegalArgumentException(
                    "a %s times x of length %d does not fit y of length %d; [m, n] times n elements gives m elements"
                            .formatted(a, x.length(), y.length()));
        }
        requireSameType(a, x, y);
        Aliasing.requireDisjoint("y", y, "a", a);
        Aliasing.requireDisjoint("y", y, "x", x);
    }

    static void requireOuterProduct(MatrixView x, MatrixView y, MatrixView a) {
        requireVector("x", x);
        requireVector("y", y);
        if (a.rows() != x.length() || a.columns() != y.length()) {
            throw new IllegalArgumentException(
                    "the outer product of x of length %d and y of length %d does not fit a %s; m and n elements need [m, n]"
                            .formatted(x.length(), y.length(), a));
        }
        requireSameType(x, y, a);
        Aliasing.requireDisjoint("a", a, "x", x);
        Aliasing.requireDisjoint("a", a, "y", y);
    }

    static void requireEqualVectors(MatrixView x, MatrixView y) {
        requireVector("x", x);
        requireVector("y", y);
        if (x.length() != y.length()) {
            throw new IllegalArgumentException(
                    "x has %d elements and y has %d but equal lengths are required".formatted(x.length(), y.length()));
        }
        requireSameType(x, x, y);
    }

    static void requireVector(String name, MatrixView x) {
        if (!x.isVector()) {
            throw new IllegalArgumentException(
                    "%s must be a vector (one row or one column) but is a matrix %s; use flattened() if it has no gaps"
                            .formatted(name, x));
        }
    }

    private static void requireSameType(MatrixView a, MatrixView b, MatrixView c) {
        if (a.dataType() != b.dataType() || a.dataType() != c.dataType()) {
            throw new IllegalArgumentException(
                    "data types %s, %s and %s differ; convert the arguments to one of FLOAT or DOUBLE with castTo"
                            .formatted(a.dataType(), b.dataType(), c.dataType()));
        }
    }
}
