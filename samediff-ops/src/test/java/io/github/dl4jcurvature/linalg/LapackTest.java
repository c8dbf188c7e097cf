/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Return codes that no well-formed argument provokes. */
class LapackTest {
    @Test
    void refusedArgumentIsReportedWithRoutineAndCode() {
        assertThatThrownBy(() -> Lapack.requireAccepted("dpotrf", -4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("LAPACK dpotrf returned -4");
    }

    @Test
    void missingConvergenceIsReportedWithSizeAndRoutine() {
        assertThatThrownBy(() -> Lapack.requireConverged("dgesdd", 2, "a", 3, 5))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("a [3, 5]: LAPACK dgesdd did not converge (code 2)");
    }

    @Test
    void refusedArgumentOfAnIterationIsNoMissingConvergence() {
        assertThatThrownBy(() -> Lapack.requireConverged("dgesdd", -3, "a", 3, 5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("LAPACK dgesdd returned -3");
    }

    @Test
    void conditionOfTheUnitRoundoffIsTheWorstThatIsAccepted() {
        Lapack.requireWellConditioned("a", 2, 0x1p-52);
        assertThatThrownBy(() -> Lapack.requireWellConditioned("a", 2, Math.nextDown(0x1p-52)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("a of order 2 is numerically singular");
    }

    @Test
    void zerosAndTheLargestNumberAreFiniteSolutions() {
        Lapack.requireFiniteSolution(ColumnMajor.zeros(2, 2), 1);
        Lapack.requireFiniteSolution(ColumnMajor.zeros(2, 2).addToDiagonal(Double.MAX_VALUE), 1);
        for (double bad : new double[] {Double.POSITIVE_INFINITY, Double.NaN}) {
            assertThatThrownBy(() ->
                            Lapack.requireFiniteSolution(ColumnMajor.zeros(2, 3).addToDiagonal(bad), 0.5))
                    .isInstanceOf(SingularEquationException.class)
                    .hasMessageContaining("the solution [2, 3] overflows (reciprocal condition 0.500)");
        }
    }

    @Test
    void undefinedConditionCountsAsSingular() {
        assertThatThrownBy(() -> Lapack.requireWellConditioned("a", 2, Double.NaN))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("NaN");
    }
}
