/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Arrays;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A predictive variable of a graph.
 *
 * @param variable name of z, shape [examples, outputs]
 * @param likelihood likelihood of the labels given z
 * @param labels name of the placeholder of the labels, or null if the loss shall not be compared with the likelihood
 */
record GraphOutput(
        String variable,
        OutputLikelihood likelihood,
        @Nullable String labels) {
    private static final Set<String> LINKS = Set.of("softmax", "log_softmax", "sigmoid", "logsoftmax");

    /** Refuses values that do not have one row for each example. */
    void checkRows(INDArray z, long examples) {
        if (z.rank() != 2 || z.size(0) != examples) {
            throw new IllegalArgumentException(
                    "output '%s' has shape %s in a batch of %d examples, but must have one row for each; name a variable of shape [examples, outputs]"
                            .formatted(variable, Arrays.toString(z.shape()), examples));
        }
    }

    /** Refuses names that the graph does not have and variables that are no natural parameters. */
    void check(SameDiff graph) {
        SDVariable z = GraphNames.variable(graph, "output", variable);
        if (z.getVariableType() != VariableType.ARRAY || !z.dataType().isFPType()) {
            throw new IllegalArgumentException(
                    "output(\"%s\", %s) must name a floating-point result of an operation but it is a %s of type %s; name the logits or predictions"
                            .formatted(variable, likelihood, z.getVariableType(), z.dataType()));
        }
        SameDiffOp source = graph.getOps().get(GraphNames.node(graph, variable).getOutputOfOp());
        if (source != null && LINKS.contains(source.getOp().opName())) {
            throw new IllegalArgumentException(
                    "output(\"%s\", %s) names the result of %s, but likelihoods are functions of the variable before it; name '%s'"
                            .formatted(
                                    variable,
                                    likelihood,
                                    source.getOp().opName(),
                                    source.getInputsToOp().get(0)));
        }
        if (labels != null) {
            GraphNames.variable(graph, "labels of output \"" + variable + "\"", labels);
        }
    }
}
