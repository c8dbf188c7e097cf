/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.XwPlusB;

/** Names of a graph: of its variables, and of the placeholders that the arrays of a batch go to. */
final class GraphNames {
    private GraphNames() {}

    /** A variable, or an IllegalArgumentException that says where the name was given and which there are. */
    static SDVariable variable(SameDiff graph, String place, String name) {
        if (!graph.hasVariable(name)) {
            throw new IllegalArgumentException(
                    "%s names the variable '%s', which this graph does not have; was it renamed, or does the listener belong to another graph? Its trainable variables are %s"
                            .formatted(place, name, trainable(graph)));
        }
        return graph.getVariable(name);
    }

    /**
     * The host's cache of arrays hands an array of {@code linear} out while it is in use, so that a session that runs several
     * batches, such as fit with an iterator, computes from stale values.
     */
    static void avoidStaleArrays(SameDiff graph, SameDiff executed) {
        boolean affected = graph.getOps().values().stream().anyMatch(op -> op.getOp() instanceof XwPlusB);
        if (affected) {
            executed.setEnableCache(false);
        }
    }

    /** What the graph knows of a variable that it has. */
    static Variable node(SameDiff graph, String name) {
        return Objects.requireNonNull(graph.getVariables().get(name), "the graph has the variable");
    }

    /** Floating-point variables of type VARIABLE, in the graph's order. */
    static List<String> trainable(SameDiff graph) {
        List<String> names = new ArrayList<>();
        for (SDVariable variable : graph.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE
                    && variable.dataType().isFPType()) {
                names.add(variable.name());
            }
        }
        return names;
    }

    /** A result of the host, which leaves out what was not computed. */
    static INDArray present(@Nullable INDArray array, String name) {
        if (array == null) {
            throw new IllegalStateException(
                    "variable '%s' was not computed; a branch of the graph that leads to it was not taken"
                            .formatted(name));
        }
        return array;
    }

    /**
     * The arrays of a batch by the placeholders that the training configuration names, in the placeholders' types: the host
     * would release an array that it has to cast.
     */
    static Map<String, INDArray> placeholders(SameDiff graph, TrainingConfig config, CurvatureBatch batch) {
        Map<String, INDArray> placeholders = new HashMap<>();
        put(placeholders, config.getDataSetFeatureMapping(), batch.inputs());
        put(placeholders, config.getDataSetLabelMapping(), batch.labels());
        put(placeholders, config.getDataSetFeatureMaskMapping(), batch.inputMasks());
        put(placeholders, config.getDataSetLabelMaskMapping(), batch.labelMasks());
        placeholders.replaceAll(
                (name, array) -> array.castTo(variable(graph, "a mapping", name).dataType()));
        return placeholders;
    }

    private static void put(
            Map<String, INDArray> placeholders, @Nullable List<String> names, INDArray @Nullable [] arrays) {
        for (int i = 0; names != null && arrays != null && i < Math.min(names.size(), arrays.length); i++) {
            if (names.get(i) != null && arrays[i] != null) {
                placeholders.put(names.get(i), arrays[i]);
            }
        }
    }
}
