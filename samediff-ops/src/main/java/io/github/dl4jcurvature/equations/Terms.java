/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.linalg.ColumnMajor;

/** Sums of matrices by name. */
final class Terms {
    private Terms() {}

    /** A matrix that has been checked to be there. */
    static <K extends Enum<K>> ColumnMajor get(Map<K, ColumnMajor> matrices, K name) {
        return Objects.requireNonNull(matrices.get(name), name.name());
    }

    /** Adds a matrix, which the map then owns, to what is there. */
    static <K extends Enum<K>> void add(Map<K, ColumnMajor> matrices, K name, ColumnMajor term) {
        ColumnMajor sum = matrices.get(name);
        if (sum == null) {
            matrices.put(name, term);
        } else {
            sum.add(1, term);
            term.close();
        }
    }

    /** A relative size; 0 if there is nothing. */
    static double ratio(double part, double whole) {
        return part == 0 ? 0 : part / whole;
    }
}
