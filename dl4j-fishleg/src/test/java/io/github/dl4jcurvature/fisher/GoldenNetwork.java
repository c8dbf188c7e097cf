/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.FisherOracle.Likelihood;
import io.github.dl4jcurvature.testkit.GoldenCase;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The network of a golden case, and the case's joint arrays as flat vectors in the network's layout. */
record GoldenNetwork(MultiLayerNetwork network, Likelihood likelihood, GoldenCase golden) {

    static GoldenNetwork of(GoldenCase golden) {
        if (golden.has("Wc")) {
            return convolutional(golden);
        }
        return golden.has("RW") ? recurrent(golden) : dense(golden);
    }

    /** The golden's Gaussian has unit variance, which is MSE with its two outputs: c = 2 / nOut = 1. */
    private static GoldenNetwork dense(GoldenCase golden) {
        Likelihood likelihood = switch (golden.json().get("lik").asText()) {
            case "softmax" -> Likelihood.CATEGORICAL;
            case "bernoulli" -> Likelihood.BERNOULLI;
            default -> Likelihood.MEAN_SQUARED;
        };
        int layers = (int) golden.number("layers");
        Activation hidden = Activation.valueOf(golden.json().get("act").asText().toUpperCase(java.util.Locale.ROOT));
        var list = NetworkCases.builder(DataType.DOUBLE).list();
        for (int l = 0; l < layers - 1; l++) {
            list.layer(new DenseLayer.Builder()
                    .nOut(golden.array("W" + l + "_dl4j").size(1))
                    .activation(hidden)
                    .build());
        }
        list.layer(output((int) golden.array("logits").size(1), likelihood));
        INDArray x = golden.array("x");
        GoldenNetwork network = initialised(list.setInputType(InputType.feedForward(x.size(1))), likelihood, golden);
        network.network().setParams(network.joined("W", "_netform"));
        return network;
    }

    private static OutputLayer output(int nOut, Likelihood likelihood) {
        return switch (likelihood) {
            case CATEGORICAL -> NetworkCases.output(nOut, Activation.SOFTMAX, LossFunction.MCXENT);
            case BERNOULLI -> NetworkCases.output(nOut, Activation.SIGMOID, LossFunction.XENT);
            default -> NetworkCases.output(nOut, Activation.IDENTITY, LossFunction.MSE);
        };
    }

    private static GoldenNetwork convolutional(GoldenCase golden) {
        var list = NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(3)
                        .activation(Activation.RELU)
                        .build())
                .layer(output(4, Likelihood.CATEGORICAL));
        GoldenNetwork network =
                initialised(list.setInputType(InputType.convolutional(6, 6, 2)), Likelihood.CATEGORICAL, golden);
        network.network()
                .setParams(Nd4j.concat(
                        0,
                        flat(golden.array("bc")),
                        flat(golden.array("Wc")),
                        flat(golden.array("Wd")),
                        flat(golden.array("bd"))));
        return network;
    }

    private static GoldenNetwork recurrent(GoldenCase golden) {
        var list = NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new SimpleRnn.Builder()
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(NetworkCases.rnnOutput(RNNFormat.NCW, 5, 4, Activation.SOFTMAX, LossFunction.MCXENT));
        GoldenNetwork network = initialised(list.setInputType(InputType.recurrent(3)), Likelihood.CATEGORICAL, golden);
        network.network().setParams(network.joined("", ""));
        return network;
    }

    private static GoldenNetwork initialised(
            NeuralNetConfiguration.ListBuilder list, Likelihood likelihood, GoldenCase golden) {
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return new GoldenNetwork(network, likelihood, golden);
    }

    /** The flat vector of the arrays prefix + l + suffix in joint form (out, in + 1), or of prefix + key for the RNN. */
    INDArray joined(String prefix, String suffix) {
        List<INDArray> parts = new ArrayList<>();
        if (golden.has("RW")) {
            for (String key : List.of("W", "RW", "b", "Wo", "bo")) {
                parts.add(fortran(golden.array(prefix + key)));
            }
            return Nd4j.concat(0, parts.toArray(INDArray[]::new));
        }
        for (int l = 0; golden.has(prefix + l + suffix); l++) {
            INDArray joint = golden.array(prefix + l + suffix);
            long in = joint.size(1) - 1;
            INDArray weights = flat(joint.get(
                    org.nd4j.linalg.indexing.NDArrayIndex.all(),
                    org.nd4j.linalg.indexing.NDArrayIndex.interval(0, in)));
            INDArray biases = flat(joint.getColumn(in));
            boolean biasFirst = golden.has("Wc") && l == 0;
            parts.add(biasFirst ? biases : weights);
            parts.add(biasFirst ? weights : biases);
        }
        return Nd4j.concat(0, parts.toArray(INDArray[]::new));
    }

    CurvatureBatch auxiliaryBatch() {
        return CurvatureBatch.ofInputs(golden.array(golden.has("x_aux") ? "x_aux" : "x"));
    }

    /** The labels that were drawn for the auxiliary batch, as a script for the sampler. */
    LabelSampler auxiliaryLabels() {
        INDArray labels =
                golden.has("y_sampled") ? Sequences.rows(golden.array("y_sampled")) : golden.array("y_aux_sampled");
        INDArray mean = ShadowNetwork.of(network).outputMeans(auxiliaryBatch()).get(0);
        return new ScriptedLabels().draw(mean, labels, likelihood);
    }

    private static INDArray flat(INDArray array) {
        return array.dup('c').reshape(array.length());
    }

    private static INDArray fortran(INDArray array) {
        return array.rank() == 2 ? flat(array.transpose()) : flat(array);
    }
}
