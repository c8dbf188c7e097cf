/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

import io.github.dl4jcurvature.linalg.ColumnMajor;

/** A solution of a linear equation and its relative residual. */
record Refinement(ColumnMajor x, double residual) {
    private static final int MOST_STEPS = 3;
    private static final double SATISFACTORY = 1e-14;
    private static final double ROUNDING = 0x1p-53;

    /**
     * Solves, and corrects the solution by that of its residual as long as it is unsatisfactory and the residual falls:
     * Schur methods are backward stable only with respect to the largest elements.
     *
     * @param rhs right-hand side
     * @param first the solution without correction
     * @param solve the solver
     * @param remainder the full residual of a candidate, a fresh matrix
     * @param relative its norm relative to the terms, cheaply
     */
    static Refinement of(
            ColumnMajor rhs,
            ColumnMajor first,
            UnaryOperator<ColumnMajor> solve,
            UnaryOperator<ColumnMajor> remainder,
            ToDoubleFunction<ColumnMajor> relative) {
        double satisfactory = Math.max(SATISFACTORY, ROUNDING * Math.max(rhs.rows(), rhs.columns()));
        Refinement current = at(first, relative);
        for (int step = 0; step < MOST_STEPS && !(current.residual <= satisfactory); step++) {
            try (ColumnMajor error = remainder.apply(current.x);
                    ColumnMajor correction = solve.apply(error)) {
                Refinement next = at(current.x.copy().add(1, correction), relative);
                if (!(next.residual < current.residual / 2)) {
                    next.x.close();
                    break;
                }
                current.x.close();
                current = next;
            }
        }
        return current;
    }

    private static Refinement at(ColumnMajor x, ToDoubleFunction<ColumnMajor> relative) {
        return new Refinement(x, relative.applyAsDouble(x));
    }
}
