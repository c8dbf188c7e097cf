/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.Arrays;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Fully connected network: which layers, whatever trains it. */
public final class NetworkDesign {
    private final int[] sizes;
    private final Activation hidden;
    private final int linearLayer;
    private final LossFunction loss;
    private final Activation output;
    private final InitialWeights initialWeights;

    private NetworkDesign(
            int[] sizes,
            Activation hidden,
            int linearLayer,
            LossFunction loss,
            Activation output,
            InitialWeights initialWeights) {
        if (sizes.length < 2) {
            throw new IllegalArgumentException(
                    "sizes must name inputs and outputs at least but are %s".formatted(Arrays.toString(sizes)));
        }
        this.sizes = sizes;
        this.hidden = hidden;
        this.linearLayer = linearLayer;
        this.loss = loss;
        this.output = output;
        this.initialWeights = initialWeights;
    }

    /**
     * Autoencoder of sigmoid units with Bernoulli outputs; weights start as is usual for sigmoid units.
     *
     * @param sizes inputs, units of each hidden layer, outputs
     * @return the design
     */
    public static NetworkDesign sigmoidAutoencoder(int... sizes) {
        return new NetworkDesign(
                sizes.clone(),
                Activation.SIGMOID,
                0,
                LossFunction.XENT,
                Activation.SIGMOID,
                InitialWeights.GLOROT_SIGMOID);
    }

    /**
     * Autoencoder of rectified units with a linear layer in the middle and Bernoulli outputs.
     *
     * @param sizes inputs, units of each hidden layer, outputs
     * @return the design
     */
    public static NetworkDesign reluAutoencoder(int... sizes) {
        return new NetworkDesign(
                sizes.clone(),
                Activation.RELU,
                sizes.length / 2,
                LossFunction.XENT,
                Activation.SIGMOID,
                InitialWeights.FAN_IN);
    }

    /**
     * Classifier of rectified units with categorical outputs.
     *
     * @param sizes inputs, units of each hidden layer, classes
     * @return the design
     */
    public static NetworkDesign classifier(int... sizes) {
        return new NetworkDesign(
                sizes.clone(), Activation.RELU, 0, LossFunction.MCXENT, Activation.SOFTMAX, InitialWeights.FAN_IN);
    }

    /**
     * A network of this design.
     *
     * @param updater what trains it
     * @param seed decides the initial parameters, whatever the updater
     * @return initialised, with parameters of type FLOAT
     */
    public MultiLayerNetwork network(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(updater));
        network.init();
        initialWeights.draw(network, seed);
        return network;
    }

    private MultiLayerConfiguration configuration(IUpdater updater) {
        NeuralNetConfiguration.ListBuilder layers =
                new NeuralNetConfiguration.Builder().updater(updater).list();
        int last = sizes.length - 1;
        for (int layer = 1; layer < last; layer++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(sizes[layer - 1])
                    .nOut(sizes[layer])
                    .activation(layer == linearLayer ? Activation.IDENTITY : hidden)
                    .build());
        }
        return layers.layer(new OutputLayer.Builder(loss)
                        .nIn(sizes[last - 1])
                        .nOut(sizes[last])
                        .activation(output)
                        .build())
                .build();
    }

    /**
     * Whether outputs are Bernoulli probabilities.
     *
     * @return true for an autoencoder
     */
    public boolean hasBernoulliOutputs() {
        return loss == LossFunction.XENT;
    }

    /**
     * Whether outputs are classes.
     *
     * @return true for a classifier
     */
    public boolean isClassifier() {
        return loss == LossFunction.MCXENT;
    }

    /** Sizes joined by dashes. */
    @Override
    public String toString() {
        return String.join("-", Arrays.stream(sizes).mapToObj(String::valueOf).toList());
    }
}
