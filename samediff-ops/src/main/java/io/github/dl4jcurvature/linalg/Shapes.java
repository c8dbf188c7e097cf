/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.Arrays;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks the shapes of arguments; every message names the argument and its shape. */
final class Shapes {
    private Shapes() {}

    static void requireMatrix(String name, INDArray a) {
        if (a.rank() != 2 || a.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s must be a matrix [rows, columns] with at least one element but has shape %s; pass a single matrix"
                            .formatted(name, describe(a)));
        }
    }

    static void requireSquare(String name, INDArray a) {
        if (a.rank() != 2 || a.isEmpty() || a.size(0) != a.size(1)) {
            throw new IllegalArgumentException(
                    "%s must be a square matrix [n, n] with n >= 1 but has shape %s; pass a single matrix"
                            .formatted(name, describe(a)));
        }
    }

    static void requireShape(String name, INDArray a, long rows, long columns) {
        if (a.rank() != 2 || a.size(0) != rows || a.size(1) != columns) {
            throw new IllegalArgumentException(
                    "%s must have shape [%d, %d] but has shape %s".formatted(name, rows, columns, describe(a)));
        }
    }

    /** Accepts [order] and [order, k] with any k, zero included. */
    static void requireRightHandSide(String name, INDArray b, int order) {
        if (b.rank() < 1 || b.rank() > 2 || b.size(0) != order) {
            throw new IllegalArgumentException(
                    "%s must have shape [%d] or [%d, k] to fit the factored matrix of order %d but has shape %s"
                            .formatted(name, order, order, order, describe(b)));
        }
    }

    private static String describe(INDArray a) {
        return Arrays.toString(a.shape());
    }
}
