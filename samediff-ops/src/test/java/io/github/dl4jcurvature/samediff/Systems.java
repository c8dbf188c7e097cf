/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.EnumMap;
import java.util.Map;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Well-conditioned systems of order 4 with all optional arguments. */
final class Systems {
    private Systems() {}

    static Map<Argument, INDArray> arguments(Equation equation, long seed) {
        INDArray identity = Nd4j.eye(4).castTo(DataType.DOUBLE);
        INDArray small = RandomMatrices.gaussian(4, 4, seed).muli(0.1);
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        arguments.put(Argument.A, equation == Equation.STEIN ? small : small.add(identity));
        arguments.put(
                Argument.B, RandomMatrices.gaussian(4, 4, seed + 1).muli(0.1).addi(identity.mul(0.5)));
        arguments.put(Argument.C, RandomMatrices.gaussian(4, 4, seed + 2));
        arguments.put(
                Argument.E, RandomMatrices.gaussian(4, 4, seed + 3).muli(0.1).addi(identity));
        arguments.put(Argument.Q, RandomMatrices.spdWithCondition(4, 3, seed + 4));
        arguments.put(Argument.R, RandomMatrices.spdWithCondition(4, 3, seed + 5));
        arguments.put(Argument.S, RandomMatrices.gaussian(4, 4, seed + 6).muli(0.01));
        if (equation == Equation.DISCRETE_LYAPUNOV) {
            arguments.put(Argument.A, small.mul(2));
        }
        arguments
                .keySet()
                .removeIf(argument -> !equation.required().contains(argument)
                        && !equation.optional().contains(argument));
        return arguments;
    }
}
