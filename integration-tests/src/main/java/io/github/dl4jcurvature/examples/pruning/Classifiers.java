/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Architectures that several tasks share. */
final class Classifiers {
    private static final int CLASSES = 10;

    private Classifiers() {}

    /** Hidden layers of 40 and 20, softmax over 10 classes. */
    static MultiLayerConfiguration dense(NeuralNetConfiguration.Builder builder, int inputs) {
        return builder.list()
                .layer(new DenseLayer.Builder().nIn(inputs).nOut(40).build())
                .layer(new DenseLayer.Builder().nIn(40).nOut(20).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(20)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }
}
