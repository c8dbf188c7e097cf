/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.equations.Argument.A;
import static io.github.dl4jcurvature.equations.Argument.B;
import static io.github.dl4jcurvature.equations.Argument.C;
import static io.github.dl4jcurvature.equations.Argument.E;
import static io.github.dl4jcurvature.equations.Argument.Q;
import static io.github.dl4jcurvature.equations.Argument.R;
import static io.github.dl4jcurvature.equations.Argument.S;
import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Identities of solutions and gradients that hold without any other solver. */
class EquationIdentitiesTest {
    private static final double TOLERANCE = 1e-11;

    static Stream<Arguments> samples() {
        return EquationSamples.variants().stream()
                .flatMap(variant -> IntStream.of(1, 2, 5, 11, 40)
                        .mapToObj(n -> Arguments.of(variant.getKey(), variant.getValue(), n, 1L)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void gradientsAreTheAdjointOfDirectionalDerivatives(Equation equation, List<Argument> optional, int n, long seed) {
        Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, n, (n + 2) / 2, optional, seed);
        Solution solution = equation.solve(arguments);
        Map<Argument, INDArray> directions = EquationSamples.directions(equation, arguments, seed + 1);
        Map<Output, INDArray> cotangents = EquationSamples.cotangents(solution, equation, seed + 2);

        Map<Argument, INDArray> gradients = solution.gradients(cotangents);
        Map<Output, INDArray> derivatives = solution.derivatives(directions);

        double forward = 0;
        double size = 0;
        for (Map.Entry<Output, INDArray> output : derivatives.entrySet()) {
            INDArray cotangent = cotangents.get(output.getKey());
            forward += inner(cotangent, output.getValue());
            size += norm(cotangent) * norm(output.getValue());
        }
        double backward = 0;
        for (Map.Entry<Argument, INDArray> gradient : gradients.entrySet()) {
            backward += inner(gradient.getValue(), directions.get(gradient.getKey()));
        }
        assertThat(gradients).containsOnlyKeys(arguments.keySet());
        assertThat(backward).isCloseTo(forward, within(TOLERANCE * size));
    }

    static Stream<Arguments> judged() {
        return EquationSamples.variants().stream()
                .flatMap(variant ->
                        IntStream.of(6, 70).mapToObj(n -> Arguments.of(variant.getKey(), variant.getValue(), n)));
    }

    /** In full for small orders, by random probes for others; a solution that is exact to the bit does not occur. */
    @ParameterizedTest
    @MethodSource("judged")
    void residualsAreThoseOfRounding(Equation equation, List<Argument> optional, int n) {
        Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, n, n, optional, 1);
        assertThat(equation.solve(arguments).relativeResidual()).isPositive().isLessThan(1e-12);
    }

    /** Symmetric right-hand sides and cotangents take other ways than those without symmetry. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void gradientsAreAdjointWhateverIsSymmetric(boolean symmetricQ, boolean symmetricCotangent) {
        for (Equation equation : new Equation[] {Equation.LYAPUNOV, Equation.DISCRETE_LYAPUNOV}) {
            for (List<Argument> optional : List.of(List.<Argument>of(), List.of(E))) {
                Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, 20, 20, optional, 1);
                if (symmetricQ) {
                    arguments.put(Q, symmetrised(arguments.get(Q)));
                }
                Solution solution = equation.solve(arguments);
                INDArray cotangent = RandomMatrices.gaussian(20, 20, 5);
                Map<Argument, INDArray> directions = EquationSamples.directions(equation, arguments, 6);
                Map<Output, INDArray> cotangents =
                        Map.of(Output.SOLUTION, symmetricCotangent ? symmetrised(cotangent) : cotangent);
                INDArray derivative = solution.derivatives(directions).get(Output.SOLUTION);
                double backward = 0;
                for (Map.Entry<Argument, INDArray> gradient :
                        solution.gradients(cotangents).entrySet()) {
                    backward += inner(gradient.getValue(), directions.get(gradient.getKey()));
                }
                assertThat(backward)
                        .as("%s %s", equation, optional)
                        .isCloseTo(
                                inner(cotangents.get(Output.SOLUTION), derivative),
                                within(TOLERANCE * norm(cotangent) * norm(derivative)));
            }
        }
    }

    private static INDArray symmetrised(INDArray a) {
        return a.add(a.transpose()).muli(0.5);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void directionsOfSingleArgumentsAddUp(Equation equation, List<Argument> optional, int n, long seed) {
        Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, n, (n + 2) / 2, optional, seed);
        Solution solution = equation.solve(arguments);
        Map<Argument, INDArray> directions = EquationSamples.directions(equation, arguments, seed + 1);
        Map<Output, INDArray> together = solution.derivatives(directions);
        for (Output output : equation.outputs()) {
            INDArray sum = together.get(output).mul(0);
            double size = 0;
            for (Map.Entry<Argument, INDArray> direction : directions.entrySet()) {
                INDArray part = solution.derivatives(Map.of(direction.getKey(), direction.getValue()))
                        .get(output);
                sum.addi(part);
                size += norm(part);
            }
            assertThat(norm(sum.sub(together.get(output)))).isLessThanOrEqualTo(TOLERANCE * size);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void directionalDerivativesAreThoseOfFiniteDifferences(
            Equation equation, List<Argument> optional, int n, long seed) {
        Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, n, (n + 2) / 2, optional, seed);
        Map<Argument, INDArray> directions = EquationSamples.directions(equation, arguments, seed + 1);
        double step = 1e-5;
        Solution ahead = equation.solve(EquationSamples.moved(arguments, directions, step));
        Solution behind = equation.solve(EquationSamples.moved(arguments, directions, -step));

        Map<Output, INDArray> derivatives = equation.solve(arguments).derivatives(directions);

        // central differences: step^2 of curvature and 1e-15 / step of rounding
        derivatives.forEach((output, derivative) -> assertThatMatrix(derivative)
                .isWithinRelativeFrobenius(
                        ahead.value(output).sub(behind.value(output)).divi(2 * step), 2e-6));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void invariancesOfTheEquationTieTheGradientsTogether(Equation equation, List<Argument> optional, int n, long seed) {
        Map<Argument, INDArray> in = EquationSamples.arguments(equation, n, (n + 2) / 2, optional, seed);
        Solution solution = equation.solve(in);
        INDArray x = solution.solution();
        INDArray bar = EquationSamples.cotangents(solution, equation, seed + 2).get(Output.SOLUTION);
        Map<Argument, INDArray> g = solution.gradients(Map.of(Output.SOLUTION, bar));
        INDArray barT = bar.transpose();
        switch (equation) {
            case SYLVESTER -> {
                assertClose(inner(g.get(C), in.get(C)), inner(bar, x), norm(bar) * norm(x));
                // a change of basis of the rows
                assertZero(
                        bar.mmul(x.transpose()),
                        in.get(A).transpose().mmul(g.get(A)),
                        g.get(A).mmul(in.get(A).transpose()).neg(),
                        g.get(C).mmul(in.get(C).transpose()).neg());
                assertClose(
                        inner(g.get(A), in.get(A)) + inner(g.get(B), in.get(B)), -inner(bar, x), norm(bar) * norm(x));
            }
            case STEIN -> {
                assertClose(inner(g.get(C), in.get(C)), inner(bar, x), norm(bar) * norm(x));
                // A and B enter by their product only
                assertClose(inner(g.get(A), in.get(A)), inner(g.get(B), in.get(B)), norm(g.get(A)) * norm(in.get(A)));
            }
            case LYAPUNOV, DISCRETE_LYAPUNOV -> {
                assertClose(inner(g.get(Q), in.get(Q)), inner(bar, x), norm(bar) * norm(x));
                if (!optional.contains(E)) {
                    assertZero(
                            bar.mmul(x.transpose()),
                            barT.mmul(x),
                            in.get(A).transpose().mmul(g.get(A)),
                            g.get(A).mmul(in.get(A).transpose()).neg(),
                            g.get(Q).mmul(in.get(Q).transpose()).neg(),
                            g.get(Q).transpose().mmul(in.get(Q)).neg());
                }
            }
            case CARE, DARE -> {
                INDArray symmetric = bar.add(barT).muli(0.5);
                double costs = inner(g.get(Q), in.get(Q)) + inner(g.get(R), in.get(R));
                INDArray s = in.get(S);
                assertClose(costs + (s == null ? 0 : inner(g.get(S), s)), inner(symmetric, x), norm(bar) * norm(x));
                // a change of basis of the inputs
                INDArray inputs = in.get(B).transpose().mmul(g.get(B));
                INDArray cross = s == null ? inputs.mul(0) : s.transpose().mmul(g.get(S));
                assertZero(inputs, cross, in.get(R).mmul(g.get(R)).muli(2));
                assertThatMatrix(g.get(Q)).isSymmetric();
                assertThatMatrix(g.get(R)).isSymmetric();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aRestoredSolutionIsTheSameBitForBit(Equation equation, List<Argument> optional, int n, long seed) {
        Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, n, (n + 2) / 2, optional, seed);
        Solution solution = equation.solve(arguments);
        Map<Output, INDArray> cotangents = EquationSamples.cotangents(solution, equation, seed + 2);

        Solution restored = Solution.restore(equation, arguments, solution.state());

        for (Output output : equation.outputs()) {
            assertThatMatrix(restored.value(output)).isBitEqualTo(solution.value(output));
        }
        solution.gradients(cotangents)
                .forEach((argument, gradient) -> assertThatMatrix(
                                restored.gradients(cotangents).get(argument))
                        .isBitEqualTo(gradient));
    }

    /** Sizes 0 to 12, with and without optional arguments, two thousand systems of every equation. */
    @ParameterizedTest
    @EnumSource(Equation.class)
    void randomSystemsAreSolvedToRounding(Equation equation) {
        SplittableRandom random = new SplittableRandom(2000);
        for (int i = 0; i < 2000; i++) {
            int n = random.nextInt(13);
            int m = equation.isRiccati() ? 1 + random.nextInt(4) : random.nextInt(13);
            List<Argument> optional = equation.optional().stream()
                    .filter(argument -> random.nextBoolean())
                    .toList();
            long seed = random.nextLong();
            Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, n, m, optional, seed);
            INDArray x = equation.solve(arguments).solution();
            long unknowns = n * (long) (equation == Equation.SYLVESTER || equation == Equation.STEIN ? m : n);
            assertThat(x.length()).isEqualTo(unknowns);
            if (unknowns > 0) {
                // a single input to twelve states is ill-conditioned
                assertThat(EquationResiduals.relative(equation, arguments, x))
                        .as("%s %s of order %d and %d, seed %d", equation, optional, n, m, seed)
                        .isLessThan(1e-10);
            }
        }
    }

    private static void assertZero(INDArray... terms) {
        INDArray sum = terms[0].mul(0);
        double size = 0;
        for (INDArray term : terms) {
            sum.addi(term);
            size += norm(term);
        }
        assertThat(norm(sum)).isLessThanOrEqualTo(TOLERANCE * size);
    }

    private static void assertClose(double actual, double expected, double size) {
        assertThat(actual).isCloseTo(expected, within(TOLERANCE * size + 1e-300));
    }

    private static double inner(INDArray a, INDArray b) {
        return a.mul(b).sumNumber().doubleValue();
    }

    private static double norm(INDArray a) {
        return a.norm2Number().doubleValue();
    }
}
