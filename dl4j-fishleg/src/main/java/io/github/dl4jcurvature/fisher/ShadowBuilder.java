/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Builds the host model of a shadow network from a clone of the primary's configuration.
 *
 * <p>A clone shares activation and loss objects with its original, so these are replaced, never modified.
 *
 * @param model the instrumented twin, initialised
 * @param captures how each layer that can be captured yields its factors, by layer name
 */
record ShadowBuilder(ShadowModel model, Map<String, LayerCapture> captures) {

    static ShadowBuilder of(Model primary, boolean copyParameters) {
        if (primary instanceof MultiLayerNetwork network) {
            return ofLayers(network, copyParameters);
        }
        if (primary instanceof ComputationGraph graph) {
            return ofGraph(graph, copyParameters);
        }
        throw new IllegalArgumentException("model is a %s; pass a MultiLayerNetwork or a ComputationGraph"
                .formatted(primary.getClass().getName()));
    }

    private static ShadowBuilder ofLayers(MultiLayerNetwork primary, boolean copyParameters) {
        MultiLayerConfiguration configuration =
                primary.getLayerWiseConfigurations().clone();
        configuration.setTrainingWorkspaceMode(WorkspaceMode.ENABLED);
        configuration.setInferenceWorkspaceMode(WorkspaceMode.ENABLED);
        configuration.setCacheMode(CacheMode.NONE);
        configuration.setBackpropType(BackpropType.Standard);
        int last = configuration.getConfs().size() - 1;
        if (last > 0 && configuration.getInputPreProcess(last) == null) {
            LossLayerCapture.moveLink(
                    configuration.getConf(last - 1).getLayer(),
                    configuration.getConf(last).getLayer());
        }
        Map<String, LayerCapture> captures = new LinkedHashMap<>();
        int i = 0;
        for (NeuralNetConfiguration part : configuration.getConfs()) {
            instrument(ShadowMultiLayerNetwork.name(part.getLayer(), i++), part, captures);
        }
        ShadowMultiLayerNetwork shadow = new ShadowMultiLayerNetwork(configuration);
        shadow.init(primary.params(), copyParameters);
        for (org.deeplearning4j.nn.api.Layer layer : shadow.getLayers()) {
            layer.allowInputModification(false);
        }
        return new ShadowBuilder(shadow, captures);
    }

    private static ShadowBuilder ofGraph(ComputationGraph primary, boolean copyParameters) {
        ComputationGraphConfiguration configuration = primary.getConfiguration().clone();
        configuration.setTrainingWorkspaceMode(WorkspaceMode.ENABLED);
        configuration.setInferenceWorkspaceMode(WorkspaceMode.ENABLED);
        configuration.setCacheMode(CacheMode.NONE);
        configuration.setBackpropType(BackpropType.Standard);
        configuration.getNetworkOutputs().forEach(output -> moveLink(configuration, output));
        Map<String, LayerCapture> captures = new LinkedHashMap<>();
        configuration.getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex layer) {
                instrument(name, layer.getLayerConf(), captures);
            }
        });
        primary.getConfiguration().getVertices().forEach((name, vertex) -> {
            if (!(vertex instanceof LayerVertex)) {
                configuration.getVertices().put(name, vertex); // the host's clone of a ReshapeVertex forgets its order
            }
        });
        ShadowComputationGraph shadow = new ShadowComputationGraph(configuration);
        shadow.init(primary.params(), copyParameters);
        for (org.deeplearning4j.nn.api.Layer layer : shadow.getLayers()) {
            layer.allowInputModification(false);
        }
        return new ShadowBuilder(shadow, captures);
    }

    /** Only if nothing else sees the activations of the layer before the output. */
    private static void moveLink(ComputationGraphConfiguration graph, String output) {
        List<String> inputs = graph.getVertexInputs().get(output);
        if (inputs != null
                && inputs.size() == 1
                && graph.getVertices().get(output) instanceof LayerVertex after
                && graph.getVertices().get(inputs.get(0)) instanceof LayerVertex before
                && after.getPreProcessor() == null
                && !graph.getNetworkOutputs().contains(inputs.get(0))
                && graph.getVertexInputs().values().stream()
                                .filter(sources -> sources.contains(inputs.get(0)))
                                .count()
                        == 1) {
            LossLayerCapture.moveLink(
                    before.getLayerConf().getLayer(), after.getLayerConf().getLayer());
        }
    }

    private static void instrument(String name, NeuralNetConfiguration part, Map<String, LayerCapture> captures) {
        part.setCacheMode(CacheMode.NONE);
        NoiseRemoval.apply(part.getLayer());
        Layer layer = OnePassLstm.inPlaceOf(TappedBidirectional.within(part.getLayer()));
        part.setLayer(layer);
        LayerCapture capture = LayerCapture.attach(layer);
        if (capture != null) {
            captures.put(name, capture);
        }
    }
}
