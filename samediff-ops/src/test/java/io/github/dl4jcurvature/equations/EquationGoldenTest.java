/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Values and gradients of 50-digit arithmetic. */
class EquationGoldenTest {
    private static final double EPSILON = 0x1p-52;

    static Stream<EquationCase> cases() {
        return EquationCase.in("golden");
    }

    static Stream<EquationCase> collection() {
        return EquationCase.in("carex_darex");
    }

    static Stream<EquationCase> exact() {
        return EquationCase.in("ctlex_dtlex");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valuesAndGradientsAreThoseOfFiftyDigits(EquationCase golden) {
        Equation equation = golden.equation();
        Map<Output, INDArray> expected = golden.outputs("outputs");
        if (!EquationResiduals.isStabilising(golden.inputs(), expected.get(Output.GAIN), equation)) {
            // a solution of the equation, but not the stabilising one: there is none
            assertThatThrownBy(() -> equation.solve(golden.inputs()))
                    .isInstanceOf(SingularEquationException.class)
                    .hasMessageContaining("stabilising");
            return;
        }
        double tolerance = golden.number("rel_tol");
        Solution solution = equation.solve(golden.inputs());

        if (golden.name().equals("sylv_badscale")) {
            // no digit of the solution is determined, but the equation holds
            assertThat(EquationResiduals.relative(equation, golden.inputs(), solution.solution()))
                    .isLessThan(1e-13);
        } else {
            expected.forEach((output, value) ->
                    assertThatMatrix(solution.value(output)).isWithinRelativeFrobenius(value, tolerance));
        }
        assertGradients(golden, solution.gradients(golden.outputs("cotangents")), tolerance);
    }

    @ParameterizedTest
    @MethodSource("collection")
    void theRiccatiCollectionIsSolvedToRounding(EquationCase golden) {
        Map<Argument, INDArray> inputs = golden.inputs();
        Solution solution = golden.equation().solve(inputs);

        // R of this one has condition 1e15
        double bound = golden.name().equals("scipy carex case 7") ? 1e-11 : 1e-13;
        assertThat(EquationResiduals.relative(golden.equation(), inputs, solution.solution()))
                .isLessThan(bound);
        if (golden.has("X_mp") && golden.isWellPosed()) {
            double tolerance = Math.max(1e-12, 10 * EPSILON * golden.number("kappa"));
            assertThatMatrix(solution.solution()).isWithinRelativeFrobenius(golden.matrix("X_mp"), tolerance);
        }
    }

    static Stream<EquationCase> withGradients() {
        return collection().filter(golden -> golden.has("gradients"));
    }

    @ParameterizedTest
    @MethodSource("withGradients")
    void gradientsOfTheRiccatiCollectionAreRight(EquationCase golden) {
        Solution solution = golden.equation().solve(golden.inputs());
        Map<Output, INDArray> cotangent = Map.of(Output.SOLUTION, golden.matrix("cotangent_X"));
        if (!golden.isWellPosed()) {
            assertThatThrownBy(() -> solution.gradients(cotangent))
                    .isInstanceOf(SingularEquationException.class)
                    .hasMessageContainingAll("no derivative", "border of stability", "(A, B)");
            return;
        }
        // errors of the closed loop count twice: in the operator and in its right-hand side
        double tolerance = Math.max(1e-12, Math.min(1e4 * EPSILON * golden.number("kappa"), 1e-3));
        assertGradients(golden, solution.gradients(cotangent), tolerance);
    }

    @ParameterizedTest
    @MethodSource("exact")
    void theLyapunovCollectionIsSolved(EquationCase golden) {
        // recorded as op(A)'XE + E'XA = Y
        Map<Argument, INDArray> inputs = Map.of(
                Argument.A, golden.matrix("inputs/A").transpose(),
                Argument.E, golden.matrix("inputs/E").transpose(),
                Argument.Q, golden.sign() < 0 ? golden.matrix("inputs/Y").neg() : golden.matrix("inputs/Y"));
        Equation equation = golden.sign() < 0 ? Equation.DISCRETE_LYAPUNOV : Equation.LYAPUNOV;

        Solution solution = equation.solve(inputs);

        assertThat(EquationResiduals.relative(equation, inputs, solution.solution()))
                .isLessThan(1e-13);
        if (golden.has("X_exact")) {
            assertThatMatrix(solution.solution()).isWithinRelativeFrobenius(golden.matrix("X_exact"), 1e-9);
        }
    }

    private static void assertGradients(EquationCase golden, Map<Argument, INDArray> actual, double tolerance) {
        golden.gradients().forEach((argument, expected) -> {
            INDArray gradient = actual.get(argument);
            if (expected.norm2Number().doubleValue() == 0) {
                assertThatMatrix(gradient).as("gradient of %s", argument).isWithinAbsolute(expected, 100 * tolerance);
            } else {
                assertThatMatrix(gradient)
                        .as("gradient of %s", argument)
                        .isWithinRelativeFrobenius(expected, tolerance);
            }
        });
    }
}
