/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Collection;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** LSTM of a shadow network whose backward pass uses what the forward pass computed, which the host computes twice. */
@SuppressWarnings("EqualsHashCode") // configurations of shadow networks are never compared
final class OnePassLstm extends LSTM {
    private static final long serialVersionUID = 1L;

    private final transient Squashing squashing;
    private final transient Squashing gate;

    private OnePassLstm(LSTM original, Squashing squashing, Squashing gate) {
        this.squashing = squashing;
        this.gate = gate;
        setLayerName(original.getLayerName());
        setNIn(original.getNIn());
        setNOut(original.getNOut());
        setActivationFn(original.getActivationFn());
        setGateActivationFn(original.getGateActivationFn());
        setRnnDataFormat(original.getRnnDataFormat());
        setForgetGateBiasInit(original.getForgetGateBiasInit());
        setHelperAllowFallback(original.isHelperAllowFallback());
        setIUpdater(original.getIUpdater());
        setWeightInitFn(original.getWeightInitFn());
        setWeightInitFnRecurrent(original.getWeightInitFnRecurrent());
        setBiasInit(original.getBiasInit());
    }

    /**
     * Such a configuration for an LSTM of functions whose derivative follows from their value, also as the part of a
     * {@code LastTimeStep}; any other as it is. With the time index in the middle the host turns sequences before and after.
     */
    static org.deeplearning4j.nn.conf.layers.Layer inPlaceOf(org.deeplearning4j.nn.conf.layers.Layer configuration) {
        if (configuration instanceof LastTimeStep wrapper) {
            wrapper.setUnderlying(inPlaceOf(wrapper.getUnderlying()));
        }
        if (configuration.getClass() != LSTM.class) {
            return configuration;
        }
        LSTM lstm = (LSTM) configuration;
        Squashing squashing = Squashing.of(lstm.getActivationFn());
        Squashing gate = Squashing.of(lstm.getGateActivationFn());
        return squashing == null || gate == null || lstm.getRnnDataFormat() == RNNFormat.NWC
                ? configuration
                : new OnePassLstm(lstm, squashing, gate);
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        OnePassLstmLayer layer = new OnePassLstmLayer(conf, type, squashing, gate);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }
}
