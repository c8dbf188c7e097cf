/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.SplittableRandom;
import java.util.function.Supplier;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A classifier that is trained on random batches for {@link StepTiming}. */
final class TimedClassifier implements StepTiming.Trainee {
    private static final int CLASSES = 10;
    private static final int BATCHES = 10;
    private static final int FEATURES = 64;
    private static final int STEPS = 20;
    private static final int ROUNDS = 7;

    private final MultiLayerNetwork network;
    private final DataSet[] batches = new DataSet[BATCHES];
    private int next;

    private TimedClassifier(MultiLayerConfiguration layers, Supplier<DataSet> batch) {
        network = new MultiLayerNetwork(layers);
        network.init();
        network.setListeners(new CurvatureListener());
        for (int i = 0; i < BATCHES; i++) {
            batches[i] = batch.get();
        }
    }

    /** LeNet with 20 and 50 filters and 500 units on 28 by 28 pixels, batch 100. */
    static StepTiming leNet() {
        return new StepTiming("lenet", "LeNet 20-50-500-10, 28x28", 10, ROUNDS, updater -> {
            SplittableRandom random = new SplittableRandom(1);
            return new TimedClassifier(leNetLayers(updater), () -> images(random, 100));
        });
    }

    private static MultiLayerConfiguration leNetLayers(IUpdater updater) {
        return builder(updater)
                .activation(Activation.RELU)
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(20).build())
                .layer(new SubsamplingLayer.Builder(
                                SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
                        .build())
                .layer(new ConvolutionLayer.Builder(5, 5).nOut(50).build())
                .layer(new SubsamplingLayer.Builder(
                                SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
                        .build())
                .layer(new DenseLayer.Builder().nOut(500).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build();
    }

    /** An LSTM of 128 units over 20 steps of 64 features, batch 32. */
    static StepTiming lstm() {
        return new StepTiming("lstm", "LSTM 64-128-10, 20 steps", 20, ROUNDS, updater -> {
            SplittableRandom random = new SplittableRandom(1);
            return new TimedClassifier(lstmLayers(updater), () -> sequences(random, 32));
        });
    }

    private static MultiLayerConfiguration lstmLayers(IUpdater updater) {
        return builder(updater)
                .activation(Activation.TANH)
                .list()
                .layer(new LSTM.Builder().nOut(128).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.recurrent(FEATURES))
                .build();
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.XAVIER)
                .updater(updater);
    }

    private static DataSet images(SplittableRandom random, int examples) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, CLASSES);
        for (int n = 0; n < examples; n++) {
            labels.putScalar(n, random.nextInt(CLASSES), 1);
        }
        return new DataSet(uniform(random, examples, 1, 28, 28), labels);
    }

    private static DataSet sequences(SplittableRandom random, int examples) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, CLASSES, STEPS);
        for (int n = 0; n < examples; n++) {
            for (int t = 0; t < STEPS; t++) {
                labels.putScalar(new int[] {n, random.nextInt(CLASSES), t}, 1);
            }
        }
        return new DataSet(uniform(random, examples, FEATURES, STEPS), labels);
    }

    private static INDArray uniform(SplittableRandom random, long... shape) {
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape);
        INDArray flat = array.reshape(array.length());
        for (long i = 0; i < flat.length(); i++) {
            flat.putScalar(i, random.nextDouble());
        }
        return array;
    }

    @Override
    public double train(int steps) {
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            network.fit(batches[next++ % BATCHES]);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public long parameters() {
        return network.numParams();
    }

    @Override
    public long stateLength() {
        return network.getUpdater().getStateViewArray().length();
    }
}
