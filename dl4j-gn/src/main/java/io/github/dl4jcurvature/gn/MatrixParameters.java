/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Parameters that are matrices one after the other in a flat view, each column-major.
 *
 * <p>The first letter of a name tells its kind: W for weights, b for biases, V and U for what is drawn once and fixed.
 */
abstract class MatrixParameters implements ParamInitializer {

    /** Shapes by name, in the sequence of memory. */
    abstract Map<String, long[]> shapes(Layer layer);

    /** Draws a fixed matrix. */
    void drawFixed(INDArray matrix) {
        INDArray normal = Nd4j.randn(matrix.dataType(), matrix.shape());
        matrix.assign(normal.divi(Math.sqrt((double) matrix.size(1))));
    }

    /** Whether a parameter never changes. */
    static boolean isFixed(String name) {
        return isKind(name, 'V') || isKind(name, 'U');
    }

    private static boolean isKind(String name, char kind) {
        return name.charAt(0) == kind;
    }

    @Override
    public final long numParams(NeuralNetConfiguration configuration) {
        return numParams(configuration.getLayer());
    }

    @Override
    public final long numParams(Layer layer) {
        return shapes(layer).values().stream()
                .mapToLong(shape -> shape[0] * shape[1])
                .sum();
    }

    @Override
    public final List<String> paramKeys(Layer layer) {
        return new ArrayList<>(shapes(layer).keySet());
    }

    @Override
    public final List<String> weightKeys(Layer layer) {
        return paramKeys(layer).stream().filter(name -> isKind(name, 'W')).toList();
    }

    @Override
    public final List<String> biasKeys(Layer layer) {
        return paramKeys(layer).stream().filter(name -> isKind(name, 'b')).toList();
    }

    @Override
    public final boolean isWeightParam(Layer layer, String name) {
        return isKind(name, 'W');
    }

    @Override
    public final boolean isBiasParam(Layer layer, String name) {
        return isKind(name, 'b');
    }

    @Override
    public final Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
        Map<String, INDArray> parameters = getGradientsFromFlattened(configuration, view);
        parameters.keySet().forEach(configuration::addVariable);
        if (initialize) {
            BaseLayer layer = (BaseLayer) configuration.getLayer();
            parameters.forEach((name, parameter) -> draw(layer, name, parameter));
        }
        return Collections.synchronizedMap(parameters);
    }

    private void draw(BaseLayer layer, String name, INDArray parameter) {
        if (isFixed(name)) {
            drawFixed(parameter);
        } else if (isKind(name, 'b')) {
            parameter.assign(layer.getBiasInit());
        } else {
            INDArray flat = parameter.reshape('f', new long[] {parameter.length()});
            layer.getWeightInitFn()
                    .init((double) parameter.size(0), (double) parameter.size(1), parameter.shape(), 'f', flat);
        }
    }

    @Override
    public final Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray view) {
        INDArray flat = view.rank() == 1 ? view : view.reshape(new long[] {view.length()});
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        long from = 0;
        for (Map.Entry<String, long[]> entry : shapes(configuration.getLayer()).entrySet()) {
            long[] shape = entry.getValue();
            long to = from + shape[0] * shape[1];
            parameters.put(
                    entry.getKey(), flat.get(NDArrayIndex.interval(from, to)).reshape('f', shape));
            from = to;
        }
        return parameters;
    }
}
