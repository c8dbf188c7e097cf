/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.LinkedHashMap;
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

    private static void instrument(String name, NeuralNetConfiguration part, Map<String, LayerCapture> captures) {
        part.setCacheMode(CacheMode.NONE);
        Layer layer = part.getLayer();
        NoiseRemoval.apply(layer);
        LayerCapture capture = LayerCapture.attach(layer);
        if (capture != null) {
            captures.put(name, capture);
        }
    }
}
