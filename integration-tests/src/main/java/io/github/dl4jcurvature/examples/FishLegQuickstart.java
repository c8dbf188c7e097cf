/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Smallest use of FishLeg: a classifier of handwritten digits. */
public final class FishLegQuickstart {
    private FishLegQuickstart() {}

    /**
     * Trains for twenty epochs and prints the accuracy on images that were not trained on.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(FishLeg.builder().startAsSgd(0.3).build())
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder().nIn(64).nOut(32).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(32)
                        .nOut(10)
                        .build())
                .build());
        network.init();
        network.addListeners(new CurvatureListener());
        network.fit(new OpticalDigitsIterator(50, Part.TRAIN, Target.CLASS, 1), 20);

        double accuracy = network.evaluate(new OpticalDigitsIterator(500, Part.TEST, Target.CLASS, 1))
                .accuracy();
        System.out.println("accuracy = " + accuracy);
    }
}
