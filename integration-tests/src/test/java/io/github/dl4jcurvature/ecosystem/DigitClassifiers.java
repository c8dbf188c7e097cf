/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.util.List;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small classifiers of digits, and their data in a fixed order. */
public final class DigitClassifiers {
    static final int HIDDEN = 16;
    private static final int BATCH = 100;
    private static final OpticalDigits DIGITS = new OpticalDigits(1);

    private DigitClassifiers() {}

    public static MultiLayerNetwork layers(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .activation(Activation.TANH)
                .updater(updater)
                .list()
                .layer(hidden())
                .layer(output(HIDDEN))
                .build());
        network.init();
        return network;
    }

    static ComputationGraph graph(IUpdater updater) {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .activation(Activation.TANH)
                .updater(updater)
                .graphBuilder()
                .addInputs("pixels")
                .addLayer("hidden", hidden(), "pixels")
                .addLayer("class", output(HIDDEN), "hidden")
                .setOutputs("class")
                .build();
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }

    /** Two coupling blocks, by Gauss-Newton. */
    static MultiLayerNetwork reversible() {
        MultiLayerNetwork network = new MultiLayerNetwork(RevMlp.builder()
                .nIn(OpticalDigits.PIXELS)
                .nOut(OpticalDigits.CLASSES)
                .blocks(2)
                .hiddenSize(128)
                .updater(new GaussNewton(0.3))
                .build());
        network.init();
        return network;
    }

    private static DenseLayer hidden() {
        return new DenseLayer.Builder().nIn(OpticalDigits.PIXELS).nOut(HIDDEN).build();
    }

    static OutputLayer output(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(inputs)
                .nOut(OpticalDigits.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    public static DataSet part(Part part) {
        return DIGITS.part(part, Target.CLASS);
    }

    public static List<DataSet> trainingBatches() {
        return part(Part.TRAIN).batchBy(BATCH);
    }
}
