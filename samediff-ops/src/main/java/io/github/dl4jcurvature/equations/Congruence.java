/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.LuFactorization;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.jspecify.annotations.Nullable;

/** Transforms by the mass matrix E that turn a generalised equation into a standard one; the identity without E. */
final class Congruence {
    private final @Nullable ColumnMajor mass;
    private final @Nullable LuFactorization factors;

    private Congruence(@Nullable ColumnMajor mass, @Nullable LuFactorization factors) {
        this.mass = mass;
        this.factors = factors;
    }

    /**
     * Factors E, if there is one.
     *
     * @throws SingularEquationException if its reciprocal condition is at most 10 n eps
     */
    static Congruence of(@Nullable ColumnMajor mass) {
        if (mass == null) {
            return new Congruence(null, null);
        }
        double limit = 10 * mass.rows() * 0x1p-52;
        double condition = LuFactorization.reciprocalConditionOf(mass.array());
        if (!(condition > limit)) {
            throw new SingularEquationException(
                    ("E is numerically singular: its reciprocal condition is %.3g but must exceed %.3g; eliminate the"
                                    + " algebraic states first")
                            .formatted(condition, limit));
        }
        return new Congruence(mass, LuFactorization.of(mass.array()));
    }

    /** E^-1 M, a copy. */
    ColumnMajor left(ColumnMajor m) {
        return factors == null ? m.copy() : copy(factors.solve(m.array()));
    }

    /** E^-1 M E^-T, a copy. */
    ColumnMajor both(ColumnMajor m) {
        if (factors == null) {
            return m.copy();
        }
        return twice(m, false);
    }

    /** E^-T M E^-1, a copy. */
    ColumnMajor bothTransposed(ColumnMajor m) {
        if (factors == null) {
            return m.copy();
        }
        return twice(m, true);
    }

    /** E M, a copy. */
    ColumnMajor times(ColumnMajor m) {
        return mass == null ? m.copy() : ColumnMajor.product(mass.view(), m.view());
    }

    /** M E, a copy. */
    ColumnMajor after(ColumnMajor m) {
        return mass == null ? m.copy() : ColumnMajor.product(m.view(), mass.view());
    }

    private ColumnMajor twice(ColumnMajor m, boolean transposed) {
        LuFactorization lu = java.util.Objects.requireNonNull(factors);
        try (ColumnMajor half = solve(lu, m, transposed);
                ColumnMajor mirrored = ColumnMajor.copyOf(half.view().transposed());
                ColumnMajor whole = solve(lu, mirrored, transposed)) {
            return ColumnMajor.copyOf(whole.view().transposed());
        }
    }

    private static ColumnMajor solve(LuFactorization lu, ColumnMajor m, boolean transposed) {
        return copy(transposed ? lu.solveTransposed(m.array()) : lu.solve(m.array()));
    }

    private static ColumnMajor copy(org.nd4j.linalg.api.ndarray.INDArray solution) {
        return ColumnMajor.of(solution);
    }
}
