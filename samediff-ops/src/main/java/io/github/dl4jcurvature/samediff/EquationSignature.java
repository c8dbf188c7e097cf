/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Option;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Which equation an operation solves, the arguments its inputs are, and the options, as string arguments. */
record EquationSignature(Equation equation, List<Argument> arguments, List<Option> options) {

    static EquationSignature of(DynamicCustomOp op) {
        return new EquationSignature(
                Equation.valueOf(op.getSArgument(0)),
                names(op.getSArgument(1)).stream().map(Argument::valueOf).toList(),
                names(op.getSArgument(2)).stream().map(Option::valueOf).toList());
    }

    void writeTo(DynamicCustomOp op) {
        op.addSArgument(equation.name(), text(arguments), text(options));
    }

    /** The first inputs of an operation by their names. */
    Map<Argument, INDArray> named(List<INDArray> inputs) {
        Map<Argument, INDArray> named = new EnumMap<>(Argument.class);
        for (int i = 0; i < arguments.size(); i++) {
            named.put(arguments.get(i), inputs.get(i));
        }
        return named;
    }

    Option[] optionArray() {
        return options.toArray(new Option[0]);
    }

    private static String text(List<? extends Enum<?>> names) {
        return String.join(",", names.stream().map(Enum::name).toList());
    }

    private static List<String> names(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
    }
}
