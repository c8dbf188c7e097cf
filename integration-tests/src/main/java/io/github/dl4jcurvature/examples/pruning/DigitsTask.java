/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The embedded optical digits, 8 by 8 pixels: 1000 for training and 500 for test, another split for each seed. */
final class DigitsTask extends PruningTask {
    private static final int SIDE = 8;

    private final boolean convolutional;

    private DigitsTask(String name, int steps, boolean convolutional, LearnedInverse learned) {
        super(name, steps, learned);
        this.convolutional = convolutional;
    }

    /** 64-40-20-10, 3560 weights. */
    static PruningTask dense() {
        return new DigitsTask("digits", 2000, false, new LearnedInverse().withSteps(1000, 50));
    }

    /** Convolutions 3x3 of stride 2 and 2x2 with 8 and 16 filters and a dense output, 1224 weights. */
    static PruningTask convolutional() {
        return new DigitsTask("digits-conv", 2000, true, new LearnedInverse().withSteps(300, 20));
    }

    @Override
    DataSet train(long seed) {
        return new OpticalDigits(seed).part(Part.TRAIN, Target.CLASS);
    }

    @Override
    DataSet test(long seed) {
        return new OpticalDigits(seed).part(Part.TEST, Target.CLASS);
    }

    @Override
    MultiLayerConfiguration layers(NeuralNetConfiguration.Builder builder) {
        if (!convolutional) {
            return Classifiers.dense(builder, OpticalDigits.PIXELS);
        }
        return builder.list()
                .layer(new ConvolutionLayer.Builder(3, 3).stride(2, 2).nOut(8).build())
                .layer(new ConvolutionLayer.Builder(2, 2).nOut(16).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(OpticalDigits.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutionalFlat(SIDE, SIDE, 1))
                .build();
    }
}
