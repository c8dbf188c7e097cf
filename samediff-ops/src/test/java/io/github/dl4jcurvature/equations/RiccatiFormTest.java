/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whether a closed loop is known well enough for a derivative, where the residual is exactly zero. */
class RiccatiFormTest {
    /** CAREX 2.5: X and K in whole numbers are exact, and the closed loop has the eigenvalues i and -i. */
    private static final RiccatiForm ON_THE_BORDER = RiccatiForm.of(
            Equation.CARE,
            matrix(new double[][] {{3, 1}, {4, 2}}),
            matrix(new double[][] {{1}, {1}}),
            matrix(new double[][] {{-11, -5}, {-5, -2}}),
            matrix(new double[][] {{1}}),
            null);

    private static final ColumnMajor SOLUTION = matrix(new double[][] {{2, 1}, {1, 1}});
    private static final ColumnMajor GAIN = matrix(new double[][] {{3, 2}});

    private static ColumnMajor matrix(double[][] values) {
        return ColumnMajor.copyOf("matrix", Nd4j.createFromArray(values));
    }

    /** Schur form of the closed loop as rounding may leave it, so far left of the imaginary axis. */
    private static RealSchur moved(double margin) {
        return RealSchur.of("A - B K", matrix(new double[][] {{-margin, -1}, {1, -margin}}));
    }

    /** Rounding of 40 units moves eigenvalues by 40 * 2e-16 / (2 margin), which is the margin at 7e-8. */
    @Test
    void aResidualOfZeroDoesNotVouchForTheClosedLoop() {
        assertThat(ON_THE_BORDER.remainder(SOLUTION, GAIN).norm()).isZero();
        for (double margin : new double[] {1e-12, 1e-9, 1e-8}) {
            assertThatThrownBy(() -> ON_THE_BORDER.requireDerivative(SOLUTION, GAIN, moved(margin)))
                    .as("margin %s", margin)
                    .isInstanceOf(SingularEquationException.class)
                    .hasMessageContaining("no derivative");
        }
    }

    @Test
    void aMarginFarBeyondRoundingIsTrusted() {
        assertThatCode(() -> ON_THE_BORDER.requireDerivative(SOLUTION, GAIN, moved(1e-5)))
                .doesNotThrowAnyException();
    }
}
