/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * Which way to a solution is taken, and its correction, on equations of one state: \(1 - x^2 = 0\), whose Newton step is \((x + 1 / x) /
 * 2\), and \(x^2 - x - 1 = 0\).
 */
class StabilisingSolutionTest {
    private static final double GOLDEN = (1 + Math.sqrt(5)) / 2;

    private int schurForms;

    private static ColumnMajor number(double value) {
        return ColumnMajor.copyOf("number", Nd4j.createFromArray(new double[][] {{value}}));
    }

    private static RiccatiForm form(Equation equation) {
        double a = equation == Equation.CARE ? 0 : 1;
        return RiccatiForm.of(equation, number(a), number(1), number(1), number(1), null);
    }

    /** The solution from what doubling and the Schur form return; a Schur form of NaN fails. */
    private StabilisingSolution solve(Equation equation, @Nullable Double doubled, double bySchurForm) {
        schurForms = 0;
        return StabilisingSolution.of(
                new MisledForm(form(equation), () -> doubled == null ? null : number(doubled), () -> {
                    schurForms++;
                    if (Double.isNaN(bySchurForm)) {
                        throw new SingularEquationException("no Schur form");
                    }
                    return number(bySchurForm);
                }));
    }

    private static double value(StabilisingSolution solution) {
        return solution.x().array().getDouble(0, 0);
    }

    private static double newton(double x, int steps) {
        double result = x;
        for (int step = 0; step < steps; step++) {
            result = (result + 1 / result) / 2;
        }
        return result;
    }

    @ParameterizedTest
    @EnumSource(
            value = Equation.class,
            names = {"CARE", "DARE"})
    void whatDoublingFindsIsCorrectedAndTaken(Equation equation) {
        double expected = equation == Equation.CARE ? 1 : GOLDEN;
        StabilisingSolution solution = solve(equation, expected + 1e-3, Double.NaN);
        assertThat(schurForms).isZero();
        assertThat(value(solution)).isCloseTo(expected, within(1e-15));
        assertThat(solution.residual()).isLessThan(1e-15);
        double gain = equation == Equation.CARE ? 1 : GOLDEN / (1 + GOLDEN);
        assertThat(solution.k().array().getDouble(0, 0)).isCloseTo(gain, within(1e-15));
        assertThat(solution.closedLoop().realParts()[0])
                .isCloseTo(equation == Equation.CARE ? -1 : 1 - gain, within(1e-14));
    }

    @ParameterizedTest
    @EnumSource(
            value = Equation.class,
            names = {"CARE", "DARE"})
    void whereDoublingFindsNothingTheSchurFormIsTaken(Equation equation) {
        double expected = equation == Equation.CARE ? 1 : GOLDEN;
        assertThat(value(solve(equation, null, expected + 1e-3))).isCloseTo(expected, within(1e-15));
        assertThat(schurForms).isEqualTo(1);
        assertThatThrownBy(() -> solve(equation, null, Double.NaN))
                .isInstanceOf(SingularEquationException.class)
                .hasMessage("no Schur form");
    }

    /** Of an equation whose doubling ends at the other solution, which Newton's method does not leave. */
    @Test
    void anUnstableClosedLoopIsNoSolution() {
        assertThat(value(solve(Equation.CARE, -1.0, 1.001))).isCloseTo(1, within(1e-15));
        assertThat(schurForms).isEqualTo(1);
    }

    /** From 2.2 four steps leave 3e-7, from 3 they leave 3e-5. */
    @Test
    void theBetterOfTwoInaccurateOnesIsTakenAfterFourStepsAtMost() {
        double near = newton(2.2, 4);
        double far = newton(3, 4);
        assertThat(near - 1).isBetween(1e-7, 1e-6);
        assertThat(far - 1).isBetween(1e-5, 1e-4);
        assertThat(value(solve(Equation.CARE, 2.2, 3))).isCloseTo(near, within(1e-14));
        assertThat(value(solve(Equation.CARE, 3.0, 2.2))).isCloseTo(near, within(1e-14));
        assertThat(value(solve(Equation.CARE, 2.2, Double.NaN))).isCloseTo(near, within(1e-14));
        assertThat(schurForms).isEqualTo(1);
    }

    private static ColumnMajor square(double... rows) {
        return ColumnMajor.copyOf("matrix", Nd4j.createFromArray(rows).reshape(2, 2));
    }

    private static double distance(@Nullable ColumnMajor x, ColumnMajor expected) {
        assertThat(x).isNotNull();
        return x.array().sub(expected.array()).amaxNumber().doubleValue();
    }

    /** R = 0 and B = I: the next state can be chosen, and the costs are those of the present one, X = Q. */
    @Test
    void doublingShiftsEquationsWhoseInputsCostNothing() {
        ColumnMajor q = square(2, 0.5, 0.5, 1);
        DiscreteRiccati form =
                new DiscreteRiccati(square(2, 1, -1, 0.5), square(1, 0, 0, 1), q, square(0, 0, 0, 0), null);
        assertThat(distance(form.doubled(), q)).isLessThan(1e-14);
    }

    /** One input that acts on a state without cost. */
    @Test
    void doublingShiftsByTheIdentityWhereTheCostsOfStatesDoNotHelp() {
        ColumnMajor b = ColumnMajor.copyOf("b", Nd4j.createFromArray(new double[][] {{1}, {0}}));
        DiscreteRiccati form = new DiscreteRiccati(square(0.5, 1, 1, 0.3), b, square(0, 0, 0, 1), number(0), null);
        assertThat(distance(form.doubled(), form.bySchurForm())).isLessThan(1e-12);
    }

    /** With inputs that cost nothing and act alike no shift helps. */
    @Test
    void doublingGivesUpWhereNoShiftHelps() {
        ColumnMajor alike = square(1, 1, 1, 1);
        ColumnMajor zero = square(0, 0, 0, 0);
        assertThat(new DiscreteRiccati(square(2, 1, -1, 0.5), alike, square(1, 0, 0, 1), zero, null).doubled())
                .isNull();
    }
}
