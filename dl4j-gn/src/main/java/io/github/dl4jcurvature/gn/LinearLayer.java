/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Configuration of layers \(Y = \phi(X V) W + b\) that are linear in what is trained; without V, \(Y = X W + b\).
 *
 * <p>Parameters {@code W b V}; V has variance 1/m and never changes.
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
abstract class LinearLayer extends FeedForwardLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private long hiddenSize;

    LinearLayer() {}

    LinearLayer(FeedForwardLayer.Builder<?> builder, long hiddenSize) {
        super(builder);
        this.hiddenSize = hiddenSize;
        if (hiddenSize == 0) {
            setActivationFn(new ActivationIdentity());
        }
    }

    /** Whether tangents go on below. */
    abstract boolean passesTangents();

    /**
     * The width m of the hidden activations.
     *
     * @return m, or 0 if W is applied to the input itself
     */
    public long getHiddenSize() {
        return hiddenSize;
    }

    long features() {
        return hiddenSize == 0 ? nIn : hiddenSize;
    }

    @Override
    public ParamInitializer initializer() {
        return LinearParameters.INSTANCE;
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        LinearLayerImpl layer = new LinearLayerImpl(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialize));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    public IUpdater getUpdaterByParam(String name) {
        return MatrixParameters.isFixed(name) ? new NoOp() : super.getUpdaterByParam(name);
    }

    @Override
    public List<Regularization> getRegularizationByParam(String name) {
        return MatrixParameters.isFixed(name) ? List.of() : super.getRegularizationByParam(name);
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        return new LayerMemoryReport.Builder(getLayerName(), getClass(), inputType, getOutputType(-1, inputType))
                .standardMemory(initializer().numParams(this), 0)
                .workingMemory(0, 0, features(), 2 * features())
                .cacheMemory(0, 0)
                .build();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinearLayer that
                && getClass() == that.getClass()
                && super.equals(that)
                && hiddenSize == that.hiddenSize;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), hiddenSize);
    }
}
