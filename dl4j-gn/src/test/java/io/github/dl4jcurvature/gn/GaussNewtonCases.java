/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.SplittableRandom;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Small networks and batches: 8 inputs, 24 hidden activations, 3 classes or 8 targets. */
final class GaussNewtonCases {
    private GaussNewtonCases() {}

    static RevMlp.Builder classifier(IUpdater updater) {
        return RevMlp.builder()
                .nIn(8)
                .nOut(3)
                .blocks(2)
                .hiddenSize(24)
                .activation(Activation.TANH)
                .dampedResidual(0.1)
                .updater(updater)
                .seed(7);
    }

    static RevMlp.Builder regression(IUpdater updater) {
        return RevMlp.builder()
                .nIn(8)
                .nOut(8)
                .blocks(2)
                .hiddenSize(24)
                .activation(Activation.TANH)
                .loss(new LossMSE())
                .updater(updater)
                .seed(7);
    }

    static ComputationGraphConfiguration graph(IUpdater updater, DataType type) {
        boolean gaussNewton = updater instanceof GaussNewton;
        ILossFunction loss = gaussNewton ? GaussNewtonLoss.damped(new LossMCXENT(), 0.1) : new LossMCXENT();
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .updater(updater)
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", block(), "in")
                .addLayer("second", block(), "first")
                .addLayer(
                        "readout",
                        new OrthonormalReadout.Builder().nIn(8).nOut(3).build(),
                        "second")
                .addLayer(
                        "out",
                        new LossLayer.Builder()
                                .lossFunction(loss)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "readout")
                .setOutputs("out")
                .build();
        return gaussNewton ? GaussNewtonSpan.prepare(configuration) : configuration;
    }

    static ReversibleCouplingLayer block() {
        return new ReversibleCouplingLayer.Builder().nIn(8).hiddenSize(24).build();
    }

    static DataSet classes(int n, DataType type, long seed) {
        INDArray labels = Nd4j.zeros(type, n, 3);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < n; i++) {
            labels.putScalar(i, random.nextInt(3), 1);
        }
        return new DataSet(normal(n, 8, type, random), labels);
    }

    static DataSet targets(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new DataSet(normal(n, 8, DataType.DOUBLE, random), normal(n, 8, DataType.DOUBLE, random));
    }

    static INDArray normal(int rows, int columns, DataType type, SplittableRandom random) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextGaussian();
            }
        }
        return Nd4j.createFromArray(values).castTo(type);
    }
}
