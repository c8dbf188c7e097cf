/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.testkit.Fuzz;
import io.github.dl4jcurvature.testkit.FuzzCase;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.FuzzCase.assertNoNaN;
import static org.assertj.core.api.Assertions.assertThat;

/** Random equations, most of them solvable and some spoilt: solutions and derivatives have no NaN, or a refusal says why not. */
class EquationFuzzTest {
    private static final int CASES = 400;

    @Test
    void equationsAreSolvedOrRefused() {
        Fuzz.forCases("equations", CASES, drawn -> {
            var variant = drawn.any(EquationSamples.variants().toArray(Map.Entry[]::new));
            Equation equation = (Equation) variant.getKey();
            Map<Argument, INDArray> arguments = arguments(drawn, equation, optional(variant.getValue()));
            Solution solution = equation.solve(arguments, drawn.rarely() ? Option.values() : new Option[0]);
            for (Output output : equation.outputs()) {
                assertNoNaN(output.name(), solution.value(output));
            }
            assertThat(solution.relativeResidual()).as("relative residual").isNotNaN();
            differentiate(drawn, equation, arguments, solution);
        });
    }

    @SuppressWarnings("unchecked")
    private static List<Argument> optional(Object list) {
        return (List<Argument>) list;
    }

    private static void differentiate(
            FuzzCase drawn, Equation equation, Map<Argument, INDArray> arguments, Solution solution) {
        Map<Output, INDArray> cotangents = EquationSamples.cotangents(solution, equation, drawn.seed());
        cotangents.values().forEach(drawn::watch);
        solution.gradients(cotangents)
                .forEach((argument, gradient) -> assertNoNaN("gradient of " + argument, gradient));
        Map<Argument, INDArray> directions = new EnumMap<>(Argument.class);
        arguments.forEach((argument, value) -> directions.put(argument, drawn.array(DataType.DOUBLE, value.shape())));
        solution.derivatives(directions)
                .forEach((output, derivative) -> assertNoNaN("derivative of " + output, derivative));
    }

    private static Map<Argument, INDArray> arguments(FuzzCase drawn, Equation equation, List<Argument> optional) {
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        int n = drawn.rarely() ? 0 : drawn.width(5);
        int m = drawn.rarely() ? 0 : drawn.width(4);
        EquationSamples.arguments(equation, n, m, optional, drawn.seed()).forEach((argument, value) -> {
            INDArray given = value;
            if (drawn.rarely()) {
                given = spoilt(drawn, value);
            }
            if (drawn.rarely()) {
                given = given.castTo(drawn.any(DataType.FLOAT, DataType.FLOAT, DataType.INT64));
            }
            if (drawn.rarely()) {
                given = batch(drawn, given);
            }
            if (!given.isEmpty()) {
                given = drawn.watch(drawn.stored(given));
            }
            arguments.put(argument, given);
        });
        if (drawn.hardlyEver()) {
            arguments.remove(drawn.any(Argument.values()));
        }
        return arguments;
    }

    /** Noise that no construction keeps solvable, a multiple, another shape. */
    private static INDArray spoilt(FuzzCase drawn, INDArray value) {
        return switch (drawn.random().nextInt(3)) {
            case 0 -> drawn.array(DataType.DOUBLE, value.shape());
            case 1 -> value.mul(drawn.any(0.0, -1.0, 1e-12, 1e12, 1e-160, 1e160));
            default -> drawn.array(DataType.DOUBLE, drawn.width(4), drawn.width(4));
        };
    }

    private static INDArray batch(FuzzCase drawn, INDArray value) {
        if (value.isEmpty() || value.rank() != 2) {
            return value;
        }
        INDArray[] copies = new INDArray[drawn.width(3)];
        java.util.Arrays.fill(copies, value);
        return Nd4j.stack(0, copies);
    }
}
