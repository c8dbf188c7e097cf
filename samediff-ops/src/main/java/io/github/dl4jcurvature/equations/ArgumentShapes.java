/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** Checks that the shapes of arguments fit together. */
record ArgumentShapes(Equation equation, Map<Argument, long[]> shapes, long batch) {

    static ArgumentShapes require(Equation equation, Map<Argument, long[]> shapes) {
        ArgumentShapes checked = new ArgumentShapes(equation, shapes, commonBatch(shapes));
        checked.requireFit();
        return checked;
    }

    /** The batch size; negative without one. */
    private static long commonBatch(Map<Argument, long[]> shapes) {
        long batch = -1;
        for (Map.Entry<Argument, long[]> entry : shapes.entrySet()) {
            long[] shape = entry.getValue();
            if (shape.length != 2 && shape.length != 3) {
                throw new IllegalArgumentException(
                        "%s must be a matrix [rows, columns] or a batch [batch, rows, columns] but has shape %s; reshape it"
                                .formatted(entry.getKey(), Arrays.toString(shape)));
            }
            if (shape.length == 3) {
                if (batch >= 0 && batch != 1 && shape[0] != 1 && shape[0] != batch) {
                    throw new IllegalArgumentException(
                            "%s has batch size %d but another argument has %d; sizes must be equal or 1"
                                    .formatted(entry.getKey(), shape[0], batch));
                }
                batch = batch < 0 || batch == 1 ? shape[0] : batch;
            }
        }
        return batch;
    }

    private void requireFit() {
        long n = rows(Argument.A);
        requireShape(Argument.A, n, n, "square");
        switch (equation) {
            case SYLVESTER, STEIN -> {
                long m = rows(Argument.B);
                requireShape(Argument.B, m, m, "square");
                requireShape(Argument.C, n, m, "[rows of A, rows of B]");
            }
            case LYAPUNOV, DISCRETE_LYAPUNOV -> {
                requireShape(Argument.Q, n, n, "that of A");
                requireShape(Argument.E, n, n, "that of A");
            }
            case CARE, DARE -> {
                long m = columns(Argument.B);
                requireShape(Argument.B, n, m, "with as many rows as A");
                requireShape(Argument.Q, n, n, "that of A");
                requireShape(Argument.R, m, m, "[columns of B, columns of B]");
                requireShape(Argument.E, n, n, "that of A");
                requireShape(Argument.S, n, m, "that of B");
                if (m == 0) {
                    throw new IllegalArgumentException(
                            "B has shape %s but must have at least one column; without inputs this is a Lyapunov equation"
                                    .formatted(text(Argument.B)));
                }
            }
        }
    }

    private void requireShape(Argument argument, long rows, long columns, String rule) {
        if (!shapes.containsKey(argument)) {
            return;
        }
        if (rows(argument) != rows || columns(argument) != columns) {
            throw new IllegalArgumentException("%s has shape %s but must have shape [%d, %d] (%s); A has shape %s"
                    .formatted(argument, text(argument), rows, columns, rule, text(Argument.A)));
        }
    }

    private long rows(Argument argument) {
        long[] shape = shape(argument);
        return shape[shape.length - 2];
    }

    private long columns(Argument argument) {
        long[] shape = shape(argument);
        return shape[shape.length - 1];
    }

    private String text(Argument argument) {
        return Arrays.toString(shape(argument));
    }

    private long[] shape(Argument argument) {
        return Objects.requireNonNull(shapes.get(argument));
    }
}
