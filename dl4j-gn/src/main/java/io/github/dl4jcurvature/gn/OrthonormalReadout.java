/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Collection;
import java.util.List;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * A fixed readout \(O = X U\) with orthonormal columns U [d, q], \(q \le d\), drawn once.
 *
 * <p>Because \(U^\top U = I\), what goes back, \(T = R U^\top\), is the gradient and also a tangent with \(T U = R\). Use it
 * between reversible layers and a {@code LossLayer}. Source: Buffelli et al. (NeurIPS 2024, arXiv 2411.07979).
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public final class OrthonormalReadout extends FeedForwardLayer {
    private static final long serialVersionUID = 1L;

    /** For deserialisation. */
    public OrthonormalReadout() {}

    private OrthonormalReadout(Builder builder) {
        super(builder);
    }

    @Override
    public ParamInitializer initializer() {
        return OrthonormalParameters.INSTANCE;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        if (!(nOut >= 1 && nOut <= nIn)) {
            throw new IllegalArgumentException(
                    "nOut of layer '%s' is %d but must be between 1 and nIn, %d; widen the layers below"
                            .formatted(getLayerName(), nOut, nIn));
        }
        OrthonormalReadoutImpl layer = new OrthonormalReadoutImpl(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialize));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    public IUpdater getUpdaterByParam(String name) {
        return new NoOp();
    }

    @Override
    public List<Regularization> getRegularizationByParam(String name) {
        return List.of();
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        return new LayerMemoryReport.Builder(getLayerName(), getClass(), inputType, getOutputType(-1, inputType))
                .standardMemory(nIn * nOut, 0)
                .workingMemory(0, 0, 0, nIn)
                .cacheMemory(0, 0)
                .build();
    }

    @Override
    public OrthonormalReadout clone() {
        return (OrthonormalReadout) super.clone();
    }

    /** Values of the layer. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends FeedForwardLayer.Builder<Builder> {
        /** With all defaults. */
        public Builder() {}

        @Override
        public OrthonormalReadout build() {
            return new OrthonormalReadout(this);
        }
    }
}
