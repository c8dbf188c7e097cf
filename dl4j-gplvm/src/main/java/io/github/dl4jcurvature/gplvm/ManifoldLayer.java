/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Collection;
import java.util.List;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Configuration of the layers of a latent variable model: all need double precision, none is regularised. */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
abstract class ManifoldLayer extends FeedForwardLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    Manifold manifold = Manifold.euclidean(1);

    @JsonProperty
    int timePoints;

    @JsonProperty
    int burnIn;

    @JsonProperty
    int threads;

    ManifoldLayer() {}

    ManifoldLayer(FeedForwardLayer.Builder<?> builder) {
        super(builder);
    }

    /** Where latents live. */
    public final Manifold getManifold() {
        return manifold;
    }

    /** How many times there are. */
    public final int getTimePoints() {
        return timePoints;
    }

    /** Iterations without entropy and with fixed variances. */
    public final int getBurnIn() {
        return burnIn;
    }

    final int threads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /** Checks sizes and options before parameters are made. */
    abstract void requireValid();

    abstract BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type);

    @Override
    public abstract RowParameters initializer();

    @Override
    public final Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        if (type != DataType.DOUBLE) {
            throw new IllegalArgumentException(
                    "data type of layer '%s' is %s but factorisations of kernel matrices need DOUBLE; add .dataType(DataType.DOUBLE) to the configuration"
                            .formatted(getLayerName(), type));
        }
        requireValid();
        BaseLayer<?> layer = runtimeLayer(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialize));
        layer.setConf(configuration);
        return layer;
    }

    /** Parameters that are computed and not learned. */
    boolean isComputed(String name) {
        return false;
    }

    @Override
    public final IUpdater getUpdaterByParam(String name) {
        return isComputed(name) ? new NoOp() : super.getUpdaterByParam(name);
    }

    @Override
    public final List<Regularization> getRegularizationByParam(String name) {
        return List.of();
    }

    @Override
    public final LayerMemoryReport getMemoryReport(InputType inputType) {
        return new LayerMemoryReport.Builder(getLayerName(), getClass(), inputType, getOutputType(-1, inputType))
                .standardMemory(initializer().numParams(this), 0)
                .workingMemory(0, 0, 0, getNIn() + getNOut())
                .cacheMemory(0, 0)
                .build();
    }

    /** Checks what a step would put into parameters, or hand to the layer below. */
    final void requireFinite(String name, double[][] rows, int iteration) {
        if (!DoubleRows.areFinite(rows)) {
            throw new ArithmeticException(
                    "step of '%s' of layer '%s' is not finite at iteration %d; use a smaller learning rate, first values closer to the data, or data of scale 1"
                            .formatted(name, getLayerName(), iteration));
        }
    }

    final void requirePositive(String argument, double value, String remedy) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s of layer '%s' is %s but must be positive; %s"
                    .formatted(argument, getLayerName(), value, remedy));
        }
    }
}
