/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small classifiers with fixed parameters and data. */
final class TestNetworks {
    static final int INPUTS = 6;
    static final int HIDDEN = 5;
    static final int CLASSES = 3;
    private static final int EXAMPLES = 12;

    private TestNetworks() {}

    static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(updater);
    }

    /** Two dense layers and a softmax, initialised from a seed. */
    static MultiLayerNetwork classifier(NeuralNetConfiguration.Builder builder) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder.list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(HIDDEN).build())
                .layer(new DenseLayer.Builder().nIn(HIDDEN).nOut(HIDDEN).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(HIDDEN)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        network.setParams(RandomMatrices.gaussian(1, network.numParams(), 11).muli(0.4));
        return network;
    }

    static MultiLayerNetwork classifier(IUpdater updater) {
        return classifier(builder(updater));
    }

    /** Gaussian inputs with labels that a linear map of them decides. */
    static DataSet batch(long seed) {
        INDArray x = RandomMatrices.gaussian(EXAMPLES, INPUTS, seed);
        INDArray classes = x.mmul(RandomMatrices.gaussian(INPUTS, CLASSES, 77)).argMax(1);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        for (int example = 0; example < EXAMPLES; example++) {
            y.putScalar(example, classes.getInt(example), 1);
        }
        return new DataSet(x, y);
    }

    static void fit(MultiLayerNetwork network, int iterations) {
        for (int iteration = 0; iteration < iterations; iteration++) {
            network.fit(batch(iteration % 5));
        }
    }
}
