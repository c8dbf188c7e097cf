/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shadow of a MultiLayerNetwork: the host's passes without score, listeners and counters. */
@SuppressWarnings("overrides") // the host inherits one method in two forms
final class ShadowMultiLayerNetwork extends MultiLayerNetwork implements ShadowModel {

    ShadowMultiLayerNetwork(MultiLayerConfiguration instrumented) {
        super(instrumented);
    }

    /** Name of layer i of a configuration; old files may lack it. */
    static String name(org.deeplearning4j.nn.conf.layers.Layer configuration, int i) {
        String name = configuration.getLayerName();
        return name == null ? "layer" + i : name;
    }

    @Override
    public List<ShadowNode> nodes() {
        int firstTrained = 0;
        for (int i = 0; i < layers.length; i++) {
            firstTrained = layers[i] instanceof FrozenLayer ? i + 1 : firstTrained; // the host stops there
        }
        List<ShadowNode> nodes = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            boolean trained = i >= firstTrained && !(layers[i] instanceof FrozenLayerWithBackprop);
            nodes.add(new ShadowNode(name(layers[i].conf().getLayer(), i), layers[i], trained));
        }
        return nodes;
    }

    @Override
    public List<String> outputs() {
        int last = layers.length - 1;
        return List.of(name(layers[last].conf().getLayer(), last));
    }

    @Override
    public boolean keepsExamplesApart() {
        return ExampleSeparation.isKnown(layerWiseConfigurations);
    }

    @Override
    @SuppressWarnings("try") // workspace scopes
    public void backward(
            CurvatureBatch batch, INDArray @Nullable [] labels, Consumer<Function<String, @Nullable INDArray>> atEnd) {
        LayerWorkspaceMgr workspaces = workspaces();
        try (MemoryWorkspace activationScope = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            List<INDArray> activations = forwardToOutput(batch, workspaces);
            setLabels(labels == null ? ShadowModel.placeholderLabels(getOutputLayer(), batch.examples()) : labels[0]);
            calcBackpropGradients(null, true, false, false);
            try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                atEnd.accept(name -> activationsOf(name, activations));
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
            forwardToOutput(batch, workspaces);
            try (MemoryWorkspace working = workspaces.notifyScopeEntered(ArrayType.FF_WORKING_MEM)) {
                IOutputLayer output = (IOutputLayer) getOutputLayer();
                output.setLabels(ShadowModel.placeholderLabels(getOutputLayer(), batch.examples()));
                output.computeScore(0, true, workspaces);
            }
        } finally {
            release();
        }
    }

    private List<INDArray> forwardToOutput(CurvatureBatch batch, LayerWorkspaceMgr workspaces) {
        List<INDArray> activations = ffToLayerActivationsInWs(
                layers.length - 2,
                FwdPassType.STANDARD,
                false,
                batch.inputs()[0],
                first(batch.inputMasks()),
                first(batch.labelMasks()));
        INDArray last = activations.get(activations.size() - 1);
        InputPreProcessor adapter = layerWiseConfigurations.getInputPreProcess(layers.length - 1);
        Layer output = getOutputLayer();
        output.setInput(
                adapter == null ? last : adapter.preProcess(last, getInputMiniBatchSize(), workspaces), workspaces);
        return activations;
    }

    /** The host lists the network's input first, then the activations of all layers but the last. */
    private @Nullable INDArray activationsOf(String name, List<INDArray> activations) {
        for (int i = 0; i < activations.size() - 1; i++) {
            if (name(layers[i].conf().getLayer(), i).equals(name)) {
                return activations.get(i + 1);
            }
        }
        return null;
    }

    private void release() {
        clearLayerMaskArrays();
        clearLayersStates();
        input = null;
        labels = null;
        mask = null;
    }

    private LayerWorkspaceMgr workspaces() {
        return ShadowWorkspaces.of(
                WS_ALL_LAYERS_ACT_CONFIG, WS_LAYER_WORKING_MEM_CONFIG, WS_RNN_LOOP_WORKING_MEM_CONFIG);
    }

    private static @Nullable INDArray first(INDArray @Nullable [] arrays) {
        return arrays == null ? null : arrays[0];
    }
}
