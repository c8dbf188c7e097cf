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
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "name \"%s\" is blank; give one that the graph does not use".formatted(name));
        }
        this.graph = graph;
        this.name = scoped(graph, name);
        this.signature = signature;
        signature.equation().outputs().forEach(output -> requireFree(outputName(output)));
        String stateName = requireFree(stateName(this.name));
        SDVariable state = new SolveMatrixEquationOp(graph, signature, arguments.toArray(new SDVariable[0]))
                .outputVariables(stateName)[0];
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
        String free = requireFree(scoped(graph, outputName(output)));
        return new MatrixEquationOutputOp(graph, signature, output, inputs.toArray(new SDVariable[0]))
                .outputVariables(free)[0];
    }

    /** The name of an equation that the graph, in its present scope, does not use yet. */
    static String freeName(SameDiff graph, String base) {
        String name = scoped(graph, base);
        for (int i = 1; graph.hasVariable(name) || graph.hasVariable(stateName(name)); i++) {
            name = scoped(graph, base + "_" + i);
        }
        return name;
    }

    private String outputName(Output output) {
        return output == Output.SOLUTION ? name : name + "_" + output.name().toLowerCase(Locale.ROOT);
    }

    private static String stateName(String name) {
        return name + "_state";
    }

    private static String scoped(SameDiff graph, String name) {
        String scope = graph.currentNameScope();
        return scope == null || name.startsWith(scope + "/") ? name : scope + "/" + name;
    }

    /** The host would take an existing variable for the output, or find the name taken with the operation half made. */
    private String requireFree(String variable) {
        if (graph.hasVariable(variable)) {
            throw new IllegalArgumentException(
                    "name \"%s\" is already used in the graph, which names each variable once; choose another name for the equation"
                            .formatted(variable));
        }
        return variable;
    }
}
