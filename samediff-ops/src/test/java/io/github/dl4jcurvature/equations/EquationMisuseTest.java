/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.equations.Argument.A;
import static io.github.dl4jcurvature.equations.Argument.B;
import static io.github.dl4jcurvature.equations.Argument.C;
import static io.github.dl4jcurvature.equations.Argument.E;
import static io.github.dl4jcurvature.equations.Argument.Q;
import static io.github.dl4jcurvature.equations.Argument.R;
import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EquationMisuseTest {

    static Stream<Arguments> unsolvable() {
        INDArray rotation = matrix(new double[][] {{0, 1}, {-1, 0}});
        INDArray identity = EquationResiduals.identity(2);
        INDArray column = matrix(new double[][] {{0}, {1}});
        INDArray none = matrix(new double[][] {{0}, {0}});
        INDArray one = matrix(new double[][] {{1}});
        INDArray unstable = matrix(new double[][] {{1, 2}, {0, 3}});
        return Stream.of(
                Arguments.of(
                        Equation.SYLVESTER,
                        Map.of(A, matrix(new double[][] {{1, 5}, {0, 2}}), B, matrix(new double[][] {{-2}}), C, column),
                        "eigenvalue 2.00000 of A and eigenvalue -2.00000 of B sum to"),
                Arguments.of(Equation.LYAPUNOV, Map.of(A, rotation, Q, identity), "of A sum to"),
                Arguments.of(
                        Equation.STEIN,
                        Map.of(A, identity.mul(2), B, identity.mul(0.5), C, identity),
                        "multiply to 1.00000"),
                Arguments.of(Equation.DISCRETE_LYAPUNOV, Map.of(A, rotation, Q, identity), "of A multiply to 1.00000"),
                Arguments.of(
                        Equation.LYAPUNOV,
                        Map.of(A, identity, E, matrix(new double[][] {{1, 1}, {1, 1}}), Q, identity),
                        "E is numerically singular"),
                Arguments.of(Equation.CARE, Map.of(A, rotation, B, none, Q, identity.mul(0), R, one), "imaginary axis"),
                Arguments.of(Equation.CARE, Map.of(A, unstable, B, none, Q, identity, R, one), "stabilis"),
                Arguments.of(Equation.CARE, Map.of(A, rotation, B, column, Q, identity, R, one.mul(0)), "R of order 1"),
                Arguments.of(Equation.DARE, Map.of(A, rotation, B, none, Q, identity.mul(0), R, one), "dare"),
                Arguments.of(Equation.DARE, Map.of(A, unstable, B, none, Q, identity, R, one), "dare"));
    }

    @ParameterizedTest
    @MethodSource("unsolvable")
    void whatHasNoSolutionIsNamed(Equation equation, Map<Argument, INDArray> arguments, String message) {
        assertThatThrownBy(() -> equation.solve(arguments))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void argumentsThatDoNotFitAreNamedAndNoneIsModified(Equation equation) {
        Map<Argument, INDArray> good = EquationSamples.arguments(equation, 3, 2, equation.optional(), 1);
        Map<Argument, INDArray> before = new EnumMap<>(Argument.class);
        good.forEach((argument, value) -> before.put(argument, value.dup('c')));
        for (Argument argument : good.keySet()) {
            for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
                INDArray value = good.get(argument).dup('c');
                value.putScalar(1, 0, wrong);
                assertRefused(equation, with(good, argument, value), argument + " must be finite");
            }
            INDArray value = good.get(argument);
            INDArray wide = Nd4j.create(DataType.DOUBLE, value.size(0), value.size(1) + 1);
            assertRefused(
                    equation, with(good, argument, wide), argument == R || argument == A ? "shape" : argument.name());
            assertRefused(equation, with(good, argument, value.castTo(DataType.INT32)), "castTo");
            assertRefused(
                    equation, with(good, argument, Nd4j.create(DataType.DOUBLE, 1, 1, 2, 2)), "[batch, rows, columns]");
        }
        for (Argument argument : equation.required()) {
            Map<Argument, INDArray> less = new EnumMap<>(good);
            less.remove(argument);
            assertRefused(equation, less, "argument " + argument + " of a");
        }
        equation.solve(good).gradients(EquationSamples.cotangents(equation.solve(good), equation, 2));
        good.forEach((argument, value) -> assertThatMatrix(value).isBitEqualTo(before.get(argument)));
    }

    @Test
    void argumentsOfOtherEquationsAndOutputsAreRefused() {
        Map<Argument, INDArray> lyapunov = EquationSamples.arguments(Equation.LYAPUNOV, 3, 2, List.of(), 1);
        assertRefused(Equation.LYAPUNOV, with(lyapunov, R, Nd4j.eye(3)), "R is unknown");
        Solution solution = Equation.LYAPUNOV.solve(lyapunov);
        assertThatThrownBy(solution::gain)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GAIN");
        assertThatThrownBy(() -> solution.gradients(Map.of(Output.SOLUTION, Nd4j.eye(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have shape [3, 3]");
        assertThatThrownBy(() -> solution.derivatives(Map.of(E, Nd4j.eye(3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("direction of E");
    }

    /** x = 1/(2a) is finite, its derivative -x/(2a) is not. */
    @Test
    void derivativesThatOverflowAreRefused() {
        INDArray tiny = matrix(new double[][] {{1e-160}});
        INDArray one = matrix(new double[][] {{1}});
        Solution solution = Equation.SYLVESTER.solve(Map.of(A, tiny, B, tiny, C, one));
        assertThatThrownBy(() -> solution.gradients(Map.of(Output.SOLUTION, one)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("gradient of A is not finite");
        assertThatThrownBy(() -> solution.derivatives(Map.of(A, one)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("derivative of SOLUTION is not finite");
    }

    @Test
    void strictSymmetryRefusesWhatIsOtherwiseProjected() {
        Map<Argument, INDArray> arguments = EquationSamples.arguments(Equation.CARE, 4, 2, List.of(), 1);
        INDArray skewed = arguments.get(Q).dup('c');
        skewed.putScalar(0, 1, skewed.getDouble(0, 1) + 1);
        Map<Argument, INDArray> asymmetric = with(arguments, Q, skewed);
        INDArray symmetric = skewed.add(skewed.transpose()).muli(0.5);

        assertThatMatrix(Equation.CARE.solve(asymmetric).solution())
                .isBitEqualTo(Equation.CARE.solve(with(arguments, Q, symmetric)).solution());
        assertThatThrownBy(() -> Equation.CARE.solve(asymmetric, Option.STRICT_SYMMETRY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Q of order 4 must be symmetric");
        Equation.CARE.solve(arguments, Option.STRICT_SYMMETRY);
    }

    private static void assertRefused(Equation equation, Map<Argument, INDArray> arguments, String message) {
        assertThatThrownBy(() -> equation.solve(arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static Map<Argument, INDArray> with(Map<Argument, INDArray> arguments, Argument name, INDArray value) {
        Map<Argument, INDArray> changed = new EnumMap<>(arguments);
        changed.put(name, value);
        return changed;
    }

    private static INDArray matrix(double[][] elements) {
        return Nd4j.createFromArray(elements);
    }
}
