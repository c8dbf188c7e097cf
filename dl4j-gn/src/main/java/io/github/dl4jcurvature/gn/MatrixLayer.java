/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

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

/** Configuration of a layer with {@link MatrixParameters}, whose fixed ones are neither updated nor regularised. */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
abstract class MatrixLayer extends FeedForwardLayer {
    private static final long serialVersionUID = 1L;

    MatrixLayer() {}

    MatrixLayer(FeedForwardLayer.Builder<?> builder) {
        super(builder);
    }

    /** Checks sizes and options before parameters are made. */
    abstract void requireValid();

    abstract BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type);

    /** Elements of temporary arrays in training, for each example. */
    abstract long workingElements();

    @Override
    public abstract MatrixParameters initializer();

    @Override
    public final Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        requireValid();
        BaseLayer<?> layer = runtimeLayer(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialize));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    public final IUpdater getUpdaterByParam(String name) {
        return MatrixParameters.isFixed(name) ? new NoOp() : super.getUpdaterByParam(name);
    }

    @Override
    public final List<Regularization> getRegularizationByParam(String name) {
        return MatrixParameters.isFixed(name) ? List.of() : super.getRegularizationByParam(name);
    }

    @Override
    public final LayerMemoryReport getMemoryReport(InputType inputType) {
        return new LayerMemoryReport.Builder(getLayerName(), getClass(), inputType, getOutputType(-1, inputType))
                .standardMemory(initializer().numParams(this), 0)
                .workingMemory(0, 0, 0, workingElements())
                .cacheMemory(0, 0)
                .build();
    }
}
