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
    void undefinedConditionCountsAsSingular() {
        assertThatThrownBy(() -> Lapack.requireWellConditioned("a", 2, Double.NaN))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("NaN");
    }
}
