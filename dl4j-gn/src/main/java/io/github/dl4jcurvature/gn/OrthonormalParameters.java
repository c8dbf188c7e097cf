/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.QrDecomposition;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The fixed matrix of a readout, the orthonormal factor of a normal one. */
final class OrthonormalParameters implements ParamInitializer {
    static final OrthonormalParameters INSTANCE = new OrthonormalParameters();
    static final String READOUT = "U";

    private OrthonormalParameters() {}

    @Override
    public long numParams(NeuralNetConfiguration configuration) {
        return numParams(configuration.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        FeedForwardLayer readout = (FeedForwardLayer) layer;
        return readout.getNIn() * readout.getNOut();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return List.of(READOUT);
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return List.of(READOUT);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return List.of();
    }

    @Override
    public boolean isWeightParam(Layer layer, String name) {
        return READOUT.equals(name);
    }

    @Override
    public boolean isBiasParam(Layer layer, String name) {
        return false;
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
        Map<String, INDArray> parameters = getGradientsFromFlattened(configuration, view);
        configuration.addVariable(READOUT);
        if (initialize) {
            parameters.values().forEach(readout -> {
                INDArray normal = Nd4j.randn(DataType.DOUBLE, readout.shape());
                readout.assign(QrDecomposition.of(normal).q());
            });
        }
        return Collections.synchronizedMap(parameters);
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray view) {
        FeedForwardLayer layer = (FeedForwardLayer) configuration.getLayer();
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        parameters.put(READOUT, view.reshape('f', new long[] {layer.getNIn(), layer.getNOut()}));
        return parameters;
    }
}
