/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.testkit.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
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

    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(RiccatiForm.class);

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
        for (double margin : new double[] {1e-12, 1e-9, 1e-8, 1e-7}) { // by 0.4 of the last
            assertThatThrownBy(() -> ON_THE_BORDER.requireDerivative(SOLUTION, GAIN, moved(margin)))
                    .as("margin %s", margin)
                    .isInstanceOf(SingularEquationException.class)
                    .hasMessageContaining("no derivative");
        }
    }

    @Test
    void aMarginFarBeyondRoundingIsTrusted() {
        assertThatCode(() -> ON_THE_BORDER.requireDerivative(SOLUTION, GAIN, moved(1e-6)))
                .doesNotThrowAnyException();
    }

    private static ColumnMajor diagonal(double first, double second) {
        return matrix(new double[][] {{first, 0}, {0, second}});
    }

    /** Two independent equations of one state and one input of cost 1, whose gains are their solutions. */
    private static void requireDerivative(ColumnMajor a, ColumnMajor q, ColumnMajor x) {
        RiccatiForm form = RiccatiForm.of(Equation.CARE, a, diagonal(1, 1), q, diagonal(1, 1), null);
        form.requireDerivative(x, x, RealSchur.of("A - B K", form.closedLoop(x)));
    }

    /**
     * The closed loops are -1e-3 and -2.5e12; rounding moves the second by 2.2e-16 of itself, 0.55e-3, which is more than a tenth
     * of the distance of the first from the border, but leaves that one where it is.
     */
    @Test
    void onlyShiftsOfTheEigenvalueNearestToTheBorderCount() {
        double x = 2.5e12;
        assertThatCode(() -> requireDerivative(diagonal(0, 0), diagonal(1e-6, x * x), diagonal(1e-3, x)))
                .doesNotThrowAnyException();
    }

    /** The closed loops are -1 and -1e-8; rounding of 4 units moves the second by 4 * 2e-16 / 2e-8 = 4e-8. */
    @Test
    void roundingOfEveryColumnCounts() {
        double x = 1 + 1e-8;
        assertThatThrownBy(() -> requireDerivative(diagonal(0, 1), diagonal(1, -1), diagonal(1, x)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("no derivative");
        assertThatThrownBy(() -> requireDerivative(diagonal(1, 0), diagonal(-1, 1), diagonal(x, 1)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("no derivative");
    }

    private static RiccatiForm form(Equation equation) {
        ColumnMajor one = matrix(new double[][] {{1}});
        return RiccatiForm.of(equation, one, one, one, one, null);
    }

    /** Triangular, with the eigenvalues on the diagonal. */
    private static RealSchur closedLoop(double first, double second, double third) {
        return RealSchur.of("A - B K", matrix(new double[][] {{first, 1, 2}, {0, second, 3}, {0, 0, third}}));
    }

    private static void assertUnstable(Equation equation, RealSchur closedLoop, String message) {
        RiccatiForm form = form(equation);
        assertThat(form.isStable(closedLoop)).isFalse();
        assertThatThrownBy(() -> form.requireSound(new StabilisingSolution(SOLUTION, GAIN, closedLoop, 0)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining(message);
    }

    /** Wherever it stands, and on the border too. */
    @Test
    void theEigenvalueNearestToTheBorderOrBeyondItDecides() {
        assertThat(form(Equation.CARE).isStable(closedLoop(-1, -0.1, -2))).isTrue();
        assertThat(form(Equation.DARE).isStable(closedLoop(0.5, -0.9, 0))).isTrue();
        String left = " of the closed loop is not left of the imaginary axis";
        assertUnstable(
                Equation.CARE, closedLoop(-1, 2, -3), "care: no stabilising solution: eigenvalue 2.00000" + left);
        assertUnstable(Equation.CARE, closedLoop(-1, -3, 0), "eigenvalue 0.00000" + left);
        String inside = " of the closed loop is not inside the unit circle";
        assertUnstable(
                Equation.DARE, closedLoop(0.5, 0, -1.5), "dare: no stabilising solution: eigenvalue -1.50000" + inside);
        assertUnstable(Equation.DARE, closedLoop(0.5, 1, -0.2), "eigenvalue 1.00000" + inside);
    }

    /** The border is 2^-24 = 6e-8 of the size of the eigenvalue, here 1. */
    @Test
    void eigenvaluesNextToTheBorderAreReported() {
        ON_THE_BORDER.requireSound(new StabilisingSolution(SOLUTION, GAIN, moved(7e-8), 0));
        assertThat(said.messages()).isEmpty();
        ON_THE_BORDER.requireSound(new StabilisingSolution(SOLUTION, GAIN, moved(5e-8), 0));
        assertThat(said.messages()).hasSize(1);
        assertThat(said.messages().get(0)).contains("half of the digits of the solution may be lost");
        form(Equation.CARE).requireSound(new StabilisingSolution(SOLUTION, GAIN, closedLoop(-1, -1e-9, -2), 0));
        assertThat(said.messages()).hasSize(1); // a tiny real one is its own size from the border
        RealSchur large = RealSchur.of("A - B K", matrix(new double[][] {{-1e-5, 1000}, {-1000, -1e-5}}));
        form(Equation.CARE).requireSound(new StabilisingSolution(SOLUTION, GAIN, large, 0));
        assertThat(said.messages()).hasSize(2); // 1e-8 of its size
    }
}
