/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks with data that a linear map of the inputs decides. */
final class PrunableCases {
    static final int INPUTS = 6;
    static final int CLASSES = 3;
    static final int EXAMPLES = 60;

    private PrunableCases() {}

    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static DenseLayer hidden() {
        return new DenseLayer.Builder().nIn(INPUTS).nOut(8).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nIn(8)
                .nOut(CLASSES)
                .build();
    }

    /** 6-8-3 with 72 weights, layers layer0 and layer1. */
    static MultiLayerNetwork dense(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(
                builder(updater).list().layer(hidden()).layer(output()).build());
        network.init();
        return network;
    }

    /** The same as a graph, layers hidden and output. */
    static ComputationGraph graph(IUpdater updater) {
        ComputationGraph graph = new ComputationGraph(builder(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer("hidden", hidden(), "in")
                .addLayer("output", output(), "hidden")
                .setOutputs("output")
                .build());
        graph.init();
        return graph;
    }

    /** With batch normalisation between. */
    static MultiLayerNetwork normalised(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(updater)
                .list()
                .layer(hidden())
                .layer(new BatchNormalization.Builder().nIn(8).nOut(8).build())
                .layer(output())
                .build());
        network.init();
        return network;
    }

    /** An LSTM whose input and recurrent weights are equally many. */
    static MultiLayerNetwork recurrent(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(updater)
                .list()
                .layer(new LSTM.Builder().nIn(4).nOut(4).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        return network;
    }

    static DataSet data(long seed) {
        INDArray x = RandomMatrices.gaussian(EXAMPLES, INPUTS, seed);
        INDArray classes = x.mmul(RandomMatrices.gaussian(INPUTS, CLASSES, 77)).argMax(1);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        for (int example = 0; example < EXAMPLES; example++) {
            y.putScalar(example, classes.getInt(example), 1);
        }
        return new DataSet(x, y);
    }

    static DataSet sequences(long seed) {
        INDArray x = RandomMatrices.gaussian(new long[] {10, 4, 5}, seed);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 10, CLASSES, 5);
        for (int n = 0; n < 10; n++) {
            for (int t = 0; t < 5; t++) {
                y.putScalar(new int[] {n, x.getDouble(n, 0, t) > 0 ? 1 : 0, t}, 1);
            }
        }
        return new DataSet(x, y);
    }

    static DataSetIterator iterator(DataSet data) {
        return new SingletonDataSetIterator(data);
    }

    /** Cheap options that exercise every part. */
    static PruningOptions.Builder options(double sparsity) {
        return PruningOptions.builder()
                .sparsity(sparsity)
                .batchSize(30)
                .importance(Importance.inverse(new LearnedInverse().withSteps(8, 2)));
    }
}
