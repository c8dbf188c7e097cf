/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Names, shapes and sequence of the parameters of a layer that is linear in its weights. */
final class LinearParameters implements ParamInitializer {
    static final LinearParameters INSTANCE = new LinearParameters();
    static final String WEIGHTS = "W";
    static final String BIAS = "b";
    static final String PROJECTION = "V";

    private LinearParameters() {}

    private static Map<String, long[]> shapes(Layer configuration) {
        LinearLayer layer = (LinearLayer) configuration;
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(WEIGHTS, new long[] {layer.features(), layer.getNOut()});
        shapes.put(BIAS, new long[] {1, layer.getNOut()});
        if (layer.getHiddenSize() > 0) {
            shapes.put(PROJECTION, new long[] {layer.getNIn(), layer.getHiddenSize()});
        }
        return shapes;
    }

    @Override
    public long numParams(NeuralNetConfiguration configuration) {
        return numParams(configuration.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return FlatParameters.length(shapes(layer));
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return new ArrayList<>(shapes(layer).keySet());
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return List.of(WEIGHTS);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return List.of(BIAS);
    }

    @Override
    public boolean isWeightParam(Layer layer, String name) {
        return WEIGHTS.equals(name);
    }

    @Override
    public boolean isBiasParam(Layer layer, String name) {
        return BIAS.equals(name);
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
        LinearLayer layer = (LinearLayer) configuration.getLayer();
        Map<String, INDArray> parameters = getGradientsFromFlattened(configuration, view);
        parameters.keySet().forEach(configuration::addVariable);
        if (initialize) {
            parameters.forEach((name, parameter) -> {
                switch (name) {
                    case WEIGHTS -> FlatParameters.drawWeights(layer, parameter);
                    case BIAS -> parameter.assign(layer.getBiasInit());
                    default -> FlatParameters.drawProjection(parameter);
                }
            });
        }
        return Collections.synchronizedMap(parameters);
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray view) {
        return FlatParameters.cut(shapes(configuration.getLayer()), view);
    }
}
