/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Parameters that are matrices one after the other in a flat view, each row after row. */
abstract class RowParameters implements ParamInitializer {

    /** First values by name, in the sequence of memory; their sizes are the shapes. */
    abstract Map<String, double[][]> initial(Layer layer, long seed);

    /** Shapes by name, in the sequence of memory. */
    abstract Map<String, long[]> shapes(Layer layer);

    @Override
    public final long numParams(NeuralNetConfiguration configuration) {
        return numParams(configuration.getLayer());
    }

    @Override
    public final long numParams(Layer layer) {
        if (layer instanceof ManifoldLayer own) {
            own.requireValid(); // the first thing the host asks for
        }
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
        return paramKeys(layer);
    }

    @Override
    public final List<String> biasKeys(Layer layer) {
        return List.of();
    }

    @Override
    public final boolean isWeightParam(Layer layer, String name) {
        return shapes(layer).containsKey(name);
    }

    @Override
    public final boolean isBiasParam(Layer layer, String name) {
        return false;
    }

    @Override
    public final Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
        Map<String, INDArray> parameters = getGradientsFromFlattened(configuration, view);
        parameters.keySet().forEach(configuration::addVariable);
        if (initialize) {
            Map<String, double[][]> initial = initial(configuration.getLayer(), configuration.getSeed());
            parameters.forEach((name, parameter) ->
                    parameter.assign(Nd4j.createFromArray(Objects.requireNonNull(initial.get(name)))));
        }
        return Collections.synchronizedMap(parameters);
    }

    @Override
    public final Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray view) {
        if (numParams(configuration) == 0) { // there is no view
            return new LinkedHashMap<>();
        }
        INDArray flat = view.rank() == 1 ? view : view.reshape(new long[] {view.length()});
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        long from = 0;
        for (Map.Entry<String, long[]> entry : shapes(configuration.getLayer()).entrySet()) {
            long[] shape = entry.getValue();
            long to = from + shape[0] * shape[1];
            parameters.put(
                    entry.getKey(), flat.get(NDArrayIndex.interval(from, to)).reshape('c', shape));
            from = to;
        }
        return parameters;
    }
}
