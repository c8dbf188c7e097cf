/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The host's vertex with its own way back.
 *
 * <p>The host's {@code doBackward} computes the gradients of the inputs and then reads them from where the graph kept them,
 * which is right the first time only: in version 1.0.0-M2.1 it returns zeros or old numbers from the second iteration on.
 */
@SuppressWarnings("overrides") // of the host: arrays against variable arguments
final class CorrectedGraphVertex extends SameDiffGraphVertex {
    private static final long serialVersionUID = 1L;

    CorrectedGraphVertex(
            SameDiffVertex configuration,
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        super(configuration, graph, name, index, parameters, initialize, type);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        List<String> inputNames = config.getVertexParams().getInputs();
        config.validateInput(inputs);
        Map<String, INDArray> gradients;
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Objects.requireNonNull(outside);
            if (sameDiff == null) {
                doInit();
            }
            if (!sameDiff.hasGradientFunction()) {
                sameDiff.createGradFunction(inputNames.toArray(new String[0]));
            }
            List<String> wanted = new ArrayList<>(inputNames);
            wanted.addAll(paramTable.keySet());
            gradients = sameDiff.calculateGradients(placeholders(inputNames), wanted);
        }
        Gradient ofParameters = new DefaultGradient();
        paramTable.keySet().forEach(parameter -> {
            INDArray view = Objects.requireNonNull(gradTable.get(parameter));
            view.assign(gradients.get(parameter));
            ofParameters.gradientForVariable().put(parameter, view);
        });
        INDArray[] ofInputs = inputNames.stream()
                .map(input -> workspaces.dup(ArrayType.ACTIVATION_GRAD, gradients.get(input)))
                .toArray(INDArray[]::new);
        // arrays of this iteration's workspaces must not be reachable in the next one
        sameDiff.clearPlaceholders(true);
        sameDiff.clearOpInputs();
        return new Pair<>(ofParameters, ofInputs);
    }

    private Map<String, INDArray> placeholders(List<String> inputNames) {
        Map<String, INDArray> placeholders = new HashMap<>();
        for (int i = 0; i < inputNames.size(); i++) {
            String input = inputNames.get(i);
            boolean masked = maskArrays != null && maskArrays[i] != null;
            placeholders.put(input, inputs[i]);
            placeholders.put(input + "_mask", masked ? maskArrays[i] : ones(inputs[i].shape()));
        }
        placeholders.put(fn.getGradPlaceholderName(), epsilon);
        return placeholders;
    }

    /** A mask that keeps all examples and time steps, as the host's forward pass makes it. */
    private INDArray ones(long... shape) {
        return switch (shape.length) {
            case 3 -> Nd4j.ones(dataType, shape[0], shape[2]);
            case 4 -> Nd4j.ones(dataType, shape[0], 1, 1, 1);
            default -> Nd4j.ones(dataType, shape[0], 1);
        };
    }
}
