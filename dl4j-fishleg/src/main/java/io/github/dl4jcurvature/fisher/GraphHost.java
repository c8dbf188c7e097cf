/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Collection;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** View of a {@link ComputationGraph}. */
final class GraphHost implements HostNetwork {
    private final ComputationGraph graph;
    private final FlatView gradient = new FlatView();

    GraphHost(ComputationGraph graph) {
        this.graph = graph;
    }

    @Override
    public Layer[] layers() {
        return graph.getLayers();
    }

    @Override
    public Collection<TrainingListener> listeners() {
        return graph.getListeners();
    }

    @Override
    public BaseMultiLayerUpdater<?> updater() {
        return graph.getUpdater();
    }

    @Override
    public void rebuildUpdater() {
        graph.setUpdater(new ComputationGraphUpdater(graph));
    }

    @Override
    public INDArray parameters() {
        return graph.params();
    }

    @Override
    public INDArray gradient() {
        return gradient.of(graph.getFlattenedGradients());
    }

    @Override
    public int iteration() {
        return graph.getIterationCount();
    }

    @Override
    public int epoch() {
        return graph.getEpochCount();
    }

    @Override
    public BackpropType backpropType() {
        return graph.getConfiguration().getBackpropType();
    }

    @Override
    public double divisor() {
        return graph.conf().isMiniBatch() ? graph.batchSize() : 1;
    }

    @Override
    public CurvatureBatch batch() {
        INDArray[] labels = new INDArray[graph.getNumOutputArrays()];
        for (int output = 0; output < labels.length; output++) {
            labels[output] = ((IOutputLayer) graph.getOutputLayer(output)).getLabels();
        }
        return new CurvatureBatch(
                graph.getInputs().clone(), labels, graph.getInputMaskArrays(), graph.getLabelMaskArrays());
    }
}
