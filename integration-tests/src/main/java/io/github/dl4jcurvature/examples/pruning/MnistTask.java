/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.examples.data.Mnist;
import io.github.dl4jcurvature.examples.data.Permutation;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** MNIST test images averaged over squares of pixels: 8000 for training and 2000 for test, in one order for all seeds. */
final class MnistTask extends PruningTask {
    private static final int SIDE = 28;
    private static final int TRAIN = 8000;
    private static final int CLASSES = 10;

    private final int side;
    private final DataSet all;

    private MnistTask(String name, int steps, Path directory, int square, LearnedInverse learned) {
        super(name, steps, learned);
        side = SIDE / square;
        int[] classes = Mnist.labels(directory);
        INDArray labels = Nd4j.zeros(classes.length, CLASSES);
        for (int i = 0; i < classes.length; i++) {
            labels.putScalar(i, classes[i], 1);
        }
        INDArray pooled = Mnist.images(directory)
                .reshape('c', classes.length, side, square, side, square)
                .mean(2, 4)
                .dup('c')
                .reshape('c', classes.length, (long) side * side);
        all = rows(new DataSet(pooled, labels), Permutation.random(classes.length, new SplittableRandom(0)));
    }

    /** 7 by 7 pixels, 49-40-20-10, 2960 weights. */
    static PruningTask dense(Path directory) {
        return new MnistTask("mnist", 3000, directory, 4, new LearnedInverse().withSteps(1000, 50));
    }

    /** 14 by 14 pixels, two convolutions 5x5 of stride 2 with 8 and 16 filters and a dense output, 4040 weights. */
    static PruningTask convolutional(Path directory) {
        return new MnistTask("mnist-conv", 1500, directory, 2, new LearnedInverse().withSteps(300, 20));
    }

    @Override
    DataSet train(long seed) {
        return part(0, TRAIN);
    }

    @Override
    DataSet test(long seed) {
        return part(TRAIN, all.numExamples());
    }

    private DataSet part(int from, int to) {
        int[] rows = new int[to - from];
        Arrays.setAll(rows, i -> from + i);
        return rows(all, rows);
    }

    @Override
    MultiLayerConfiguration layers(NeuralNetConfiguration.Builder builder) {
        if (side * 4 == SIDE) {
            return Classifiers.dense(builder, side * side);
        }
        return builder.list()
                .layer(new ConvolutionLayer.Builder(5, 5).stride(2, 2).nOut(8).build())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(16).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutionalFlat(side, side, 1))
                .build();
    }
}
