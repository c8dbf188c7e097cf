/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.fisher.OutputLikelihood;
import io.github.dl4jcurvature.fisher.SameDiffCurvatureListener;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** The networks of {@link TestNetworks} as graphs. */
final class TestGraphs {
    private TestGraphs() {}

    /** The dense layers of a network with tanh and a softmax, with copies of its parameters as w0, b0, w1, ... */
    static SameDiff twinOf(MultiLayerNetwork network, IUpdater updater) {
        SameDiff graph = untrained(network);
        graph.setTrainingConfig(configuration(updater).build());
        return graph;
    }

    static TrainingConfig.Builder configuration(IUpdater updater) {
        return TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping("input")
                .dataSetLabelMapping("labels");
    }

    static SameDiff untrained(MultiLayerNetwork network) {
        DataType type = network.params().dataType();
        SameDiff graph = SameDiff.create();
        SDVariable activation = graph.placeHolder("input", type, -1, TestNetworks.INPUTS);
        SDVariable labels = graph.placeHolder("labels", type, -1, TestNetworks.CLASSES);
        int layers = network.getnLayers();
        for (int layer = 0; layer < layers; layer++) {
            INDArray w = network.getLayer(layer).getParam("W");
            INDArray b = network.getLayer(layer).getParam("b");
            SDVariable weight = graph.var("w" + layer, w.dup('c'));
            SDVariable bias = graph.var("b" + layer, b.dup('c').reshape(b.length()));
            boolean last = layer == layers - 1;
            SDVariable z = activation.mmul(weight).add(last ? "logits" : "z" + layer, bias);
            activation = last ? z : graph.math.tanh(z);
        }
        graph.loss.softmaxCrossEntropy("loss", labels, activation, null, LossReduce.MEAN_BY_WEIGHT, 0);
        graph.setLossVariables("loss");
        return graph;
    }

    static SameDiffCurvatureListener.Builder listener() {
        return SameDiffCurvatureListener.builder()
                .output("logits", OutputLikelihood.CATEGORICAL, "labels")
                .layer("w0", "b0")
                .layer("w1", "b1")
                .layer("w2", "b2");
    }

    static void fit(SameDiff graph, int from, int to) {
        for (int iteration = from; iteration < to; iteration++) {
            graph.fit(TestNetworks.batch(iteration % 5));
        }
    }

    /** A parameter of a network and its twin in the graph. */
    static INDArray variable(SameDiff graph, String name) {
        return graph.getVariable(name).getArr();
    }
}
