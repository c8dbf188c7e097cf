/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A small classifier and tasks for it: Gaussian inputs whose classes a linear map of them decides, another in each task. */
final class Tasks {
    static final int INPUTS = 6;
    static final int CLASSES = 3;
    static final int EXAMPLES = 40;

    private Tasks() {}

    static MultiLayerNetwork classifier(IUpdater updater, DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .activation(Activation.TANH)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(8).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(8)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        network.setParams(
                RandomMatrices.gaussian(1, network.numParams(), 11).muli(0.4).castTo(type));
        network.addListeners(new CurvatureListener());
        return network;
    }

    static DataSet data(int task, DataType type) {
        INDArray x = RandomMatrices.gaussian(EXAMPLES, INPUTS, 100 + task);
        INDArray classes =
                x.mmul(RandomMatrices.gaussian(INPUTS, CLASSES, 200 + task)).argMax(1);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        for (int example = 0; example < EXAMPLES; example++) {
            y.putScalar(example, classes.getInt(example), 1);
        }
        return new DataSet(x.castTo(type), y.castTo(type));
    }

    static ViewIterator iterator(DataSet data) {
        return new ViewIterator(data, 10);
    }

    static NclLayer layer(MultiLayerNetwork network, int index) {
        return ((NclUpdater) ((BaseMultiLayerUpdater<?>) network.getUpdater())
                        .getUpdaterBlocks()
                        .get(index)
                        .getGradientUpdater())
                .layer();
    }
}
