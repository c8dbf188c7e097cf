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

/** Names, shapes and sequence of a reversible layer's parameters: all that is trained first, fixed projections last. */
final class CouplingParameters implements ParamInitializer {
    static final CouplingParameters INSTANCE = new CouplingParameters();

    private CouplingParameters() {}

    static boolean isProjection(String name) {
        return isKind(name, 'V');
    }

    private static boolean isKind(String name, char kind) {
        return name.charAt(0) == kind;
    }

    private static Map<String, long[]> shapes(Layer layer) {
        ReversibleLayer reversible = (ReversibleLayer) layer;
        long half = reversible.getNIn() / 2;
        long features = reversible.features();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int l = 0; l < reversible.blocks(); l++) {
            for (String function : List.of("f", "g")) {
                shapes.put("W" + function + reversible.suffix(l), new long[] {features, half});
                if (reversible.hasBias()) {
                    shapes.put("b" + function + reversible.suffix(l), new long[] {1, half});
                }
            }
        }
        if (reversible.getHiddenSize() > 0) {
            for (int l = 0; l < reversible.blocks(); l++) {
                for (String function : List.of("f", "g")) {
                    shapes.put("V" + function + reversible.suffix(l), new long[] {half, features});
                }
            }
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
        return paramKeys(layer).stream().filter(name -> isKind(name, 'W')).toList();
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return paramKeys(layer).stream().filter(name -> isKind(name, 'b')).toList();
    }

    @Override
    public boolean isWeightParam(Layer layer, String name) {
        return isKind(name, 'W');
    }

    @Override
    public boolean isBiasParam(Layer layer, String name) {
        return isKind(name, 'b');
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
        ReversibleLayer layer = (ReversibleLayer) configuration.getLayer();
        Map<String, INDArray> parameters = getGradientsFromFlattened(configuration, view);
        parameters.keySet().forEach(configuration::addVariable);
        if (initialize) {
            parameters.forEach((name, parameter) -> draw(layer, name, parameter));
        }
        return Collections.synchronizedMap(parameters);
    }

    private static void draw(ReversibleLayer layer, String name, INDArray parameter) {
        if (isProjection(name)) {
            FlatParameters.drawProjection(parameter);
        } else if (isKind(name, 'b')) {
            parameter.assign(layer.getBiasInit());
        } else {
            FlatParameters.drawWeights(layer, parameter);
        }
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray view) {
        return FlatParameters.cut(shapes(configuration.getLayer()), view);
    }
}
