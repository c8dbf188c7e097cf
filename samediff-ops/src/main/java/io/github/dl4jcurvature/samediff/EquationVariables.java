/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.dl4jcurvature.equations.Output;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A matrix equation in a graph: solved once, with as many of its outputs as are asked for.
 *
 * <p>All outputs are differentiable and may be used together. Not safe to use from several threads while the graph is
 * built.
 */
public final class EquationVariables {
    private final SameDiff graph;
    private final String name;
    private final EquationSignature signature;
    private final List<SDVariable> inputs;
    private final Map<Output, SDVariable> outputs = new EnumMap<>(Output.class);

    EquationVariables(SameDiff graph, String name, EquationSignature signature, List<SDVariable> arguments) {
        this.graph = graph;
        this.name = name;
        this.signature = signature;
        SDVariable state = new SolveMatrixEquationOp(graph, signature, arguments.toArray(new SDVariable[0]))
                .outputVariables(name + "_state")[0];
        inputs = new ArrayList<>(arguments);
        inputs.add(state);
    }

    /**
     * The solution X.
     *
     * @return variable named like the equation
     */
    public SDVariable solution() {
        return value(Output.SOLUTION);
    }

    /**
     * The gain K of a Riccati equation.
     *
     * @return variable with the suffix "_gain"
     * @throws IllegalArgumentException if the equation has none
     */
    public SDVariable gain() {
        return value(Output.GAIN);
    }

    /**
     * The closed loop A - B K of a Riccati equation.
     *
     * @return variable with the suffix "_closed_loop"
     * @throws IllegalArgumentException if the equation has none
     */
    public SDVariable closedLoop() {
        return value(Output.CLOSED_LOOP);
    }

    /**
     * An output.
     *
     * @param output which
     * @return its variable, the same at each call
     * @throws IllegalArgumentException if the equation has no such output
     */
    public SDVariable value(Output output) {
        if (!signature.equation().outputs().contains(output)) {
            throw new IllegalArgumentException("output %s does not exist for %s; choose among %s"
                    .formatted(
                            output, signature.equation(), signature.equation().outputs()));
        }
        return outputs.computeIfAbsent(output, this::variable);
    }

    private SDVariable variable(Output output) {
        String suffix = output == Output.SOLUTION ? "" : "_" + output.name().toLowerCase(Locale.ROOT);
        return new MatrixEquationOutputOp(graph, signature, output, inputs.toArray(new SDVariable[0]))
                .outputVariables(name + suffix)[0];
    }
}
