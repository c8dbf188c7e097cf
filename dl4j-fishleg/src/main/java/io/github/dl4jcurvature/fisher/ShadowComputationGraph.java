/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shadow of a ComputationGraph: the host's passes without score, listeners and counters. */
final class ShadowComputationGraph extends ComputationGraph implements ShadowModel {

    ShadowComputationGraph(ComputationGraphConfiguration instrumented) {
        super(instrumented);
    }

    @Override
    public List<ShadowNode> nodes() {
        List<ShadowNode> nodes = new ArrayList<>();
        for (int index : topologicalOrder) {
            GraphVertex vertex = vertices[index];
            if (vertex.hasLayer()) {
                Layer layer = vertex.getLayer();
                boolean trained = !(layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop);
                nodes.add(new ShadowNode(vertex.getVertexName(), layer, trained));
            } else if (vertex.numParams() > 0) {
                nodes.add(new ShadowNode(vertex.getVertexName(), vertex, !(vertex instanceof FrozenVertex)));
            }
        }
        return nodes;
    }

    @Override
    public List<String> outputs() {
        return configuration.getNetworkOutputs();
    }

    @Override
    public boolean keepsExamplesApart() {
        return ExampleSeparation.isKnown(configuration);
    }

    @Override
    @SuppressWarnings("try") // workspace scopes
    public void backward(
            CurvatureBatch batch, INDArray @Nullable [] labels, Consumer<Function<String, @Nullable INDArray>> atEnd) {
        LayerWorkspaceMgr workspaces = workspaces();
        try (MemoryWorkspace activationScope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            Map<String, INDArray> activations = forwardToOutputs(batch, workspaces);
            setLabels(labels == null ? placeholderLabels(batch.examples()) : labels);
            calcBackpropGradients(false, false);
            try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                atEnd.accept(activations::get);
            }
        } finally {
            release();
        }
    }

    @Override
    @SuppressWarnings("try") // workspace scopes
    public void forward(CurvatureBatch batch) {
        LayerWorkspaceMgr workspaces = workspaces();
        try (MemoryWorkspace activationScope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            forwardToOutputs(batch, workspaces);
            for (String name : outputs()) {
                Layer output = getVertex(name).getLayer();
                try (MemoryWorkspace working = workspaces.notifyScopeEntered(ArrayType.FF_WORKING_MEM)) {
                    ((IOutputLayer) output).setLabels(ShadowModel.placeholderLabels(output, batch.examples()));
                    ((IOutputLayer) output).computeScore(0, true, workspaces);
                }
            }
        } finally {
            release();
        }
    }

    private Map<String, INDArray> forwardToOutputs(CurvatureBatch batch, LayerWorkspaceMgr workspaces) {
        Map<String, INDArray> activations = ffToLayerActivationsInWS(
                true,
                -1,
                getOutputLayerIndices(),
                FwdPassType.STANDARD,
                false,
                batch.inputs(),
                batch.inputMasks(),
                batch.labelMasks(),
                false);
        for (String name : outputs()) {
            if (getVertex(name) instanceof LayerVertex output && !output.isSetLayerInput()) {
                output.applyPreprocessorAndSetInput(workspaces);
            }
        }
        return activations;
    }

    private INDArray[] placeholderLabels(long examples) {
        return outputs().stream()
                .map(name -> ShadowModel.placeholderLabels(getVertex(name).getLayer(), examples))
                .toArray(INDArray[]::new);
    }

    private void release() {
        clearLayerMaskArrays();
        clearLayersStates();
        for (GraphVertex vertex : vertices) {
            vertex.clear();
        }
        clear();
    }

    private LayerWorkspaceMgr workspaces() {
        LayerWorkspaceMgr workspaces = ShadowWorkspaces.of(
                WS_ALL_LAYERS_ACT_CONFIG, WS_LAYER_WORKING_MEM_CONFIG, WS_RNN_LOOP_WORKING_MEM_CONFIG);
        workspaces.setHelperWorkspacePointers(helperWorkspaces);
        return workspaces;
    }
}
