/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copy of a graph whose loss is \( \sum_k \langle z_k, u_k \rangle \) for the predictive variables z and given errors u, so that its
 * gradient is \( J^\top u \). It has no listeners, and passes leave the graph it was made from alone.
 */
final class GraphTwin {
    private final SameDiff primary;
    private final SameDiff graph;
    private final List<String> outputs;
    private final List<String> errors = new ArrayList<>();
    private final List<String> untrained;

    private GraphTwin(SameDiff primary, SameDiff copy, GraphLayout layout, List<String> outputs) {
        this.primary = primary;
        this.graph = copy;
        GraphNames.avoidStaleArrays(copy, copy);
        this.outputs = outputs;
        List<String> losses = new ArrayList<>();
        for (String output : outputs) {
            SDVariable z = graph.getVariable(output);
            SDVariable u = graph.placeHolder(unused("curvature_error_of_" + output), z.dataType(), -1, -1);
            SDVariable loss = z.mul(u).sum(unused("curvature_loss_of_" + output));
            errors.add(u.name());
            losses.add(loss.name());
        }
        graph.setLossVariables(losses.toArray(String[]::new));
        untrained = graph.variables().stream()
                .filter(variable -> variable.getVariableType() == VariableType.VARIABLE)
                .map(SDVariable::name)
                .filter(name -> !layout.variables().contains(name))
                .toList();
    }

    /** A copy of a graph for the given predictive variables. */
    static GraphTwin of(SameDiff primary, GraphLayout layout, List<String> outputs) {
        synchronized (primary) { // the host numbers the variables while it writes
            try {
                return new GraphTwin(
                        primary, SameDiff.fromFlatBuffers(primary.asFlatBuffers(false), false), layout, outputs);
            } catch (IOException e) {
                throw new UncheckedIOException("the graph could not be copied in memory", e);
            }
        }
    }

    private String unused(String name) {
        return graph.hasVariable(name) ? unused(name + "_") : name;
    }

    /** Sets the values of all variables: the trained ones from a flat vector, the others from the primary graph. */
    void set(GraphVector parameters, Collection<String> trained) {
        trained.forEach(name -> parameters.copyTo(name, graph.getVariable(name).getArr()));
        untrained.forEach(name -> graph.getVariable(name)
                .getArr()
                .assign(primary.getVariable(name).getArr()));
    }

    /** The array of a variable or constant. */
    INDArray array(String name) {
        return graph.getVariable(name).getArr();
    }

    /** Whether a variable is computed by an operation. */
    boolean isComputed(String name) {
        return graph.getVariable(name).getVariableType() == VariableType.ARRAY;
    }

    /** The predictive variables, fresh. */
    List<INDArray> forward(Map<String, INDArray> placeholders) {
        Map<String, INDArray> results = graph.output(placeholders, outputs);
        return outputs.stream()
                .map(name -> GraphNames.present(results.get(name), name).dup('c'))
                .toList();
    }

    /** Gradients of \( \sum_k \langle z_k, u_k \rangle \), and values of computed variables. */
    OutAndGrad backward(
            Map<String, INDArray> placeholders,
            List<INDArray> u,
            Collection<String> values,
            Collection<String> gradients) {
        Map<String, INDArray> all = new HashMap<>(placeholders);
        for (int k = 0; k < u.size(); k++) {
            all.put(errors.get(k), u.get(k));
        }
        OutAndGrad results = graph.calculateGradientsAndOutputs(all, values, gradients);
        return new OutAndGrad(
                values.isEmpty() ? Map.of() : new LinkedHashMap<>(results.getOutputs()), results.getGradients());
    }
}
