/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.FisherOracle.Likelihood;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.fisher.FisherOracle.Likelihood.BERNOULLI;
import static io.github.dl4jcurvature.fisher.FisherOracle.Likelihood.CATEGORICAL;
import static io.github.dl4jcurvature.fisher.FisherOracle.Likelihood.MEAN_SQUARED;
import static io.github.dl4jcurvature.fisher.FisherOracle.Likelihood.SQUARED;

/** Smooth networks of three examples or fewer for every supported pair of loss and output activation. */
final class LikelihoodCases {
    private LikelihoodCases() {}

    static Stream<LikelihoodCase> all() {
        return Stream.of(
                softmax(),
                dense(
                        "softmax NLL",
                        CATEGORICAL,
                        NetworkCases.output(2, Activation.SOFTMAX, LossFunction.NEGATIVELOGLIKELIHOOD)),
                dense("sigmoid XENT", BERNOULLI, NetworkCases.output(2, Activation.SIGMOID, LossFunction.XENT)),
                dense("identity MSE", MEAN_SQUARED, NetworkCases.output(2, Activation.IDENTITY, LossFunction.MSE)),
                dense("identity L2", SQUARED, NetworkCases.output(2, Activation.IDENTITY, LossFunction.L2)),
                convolution(),
                simpleRnn(),
                lstm(),
                batchNormalisation(),
                frozen(),
                graph(),
                reshaped());
    }

    /** Networks of which every row of errors is an example. */
    static Stream<LikelihoodCase> oneRowPerExample() {
        return all().filter(network -> network.network().name().matches("(softmax|sigmoid|identity|convolution).*"));
    }

    /** Networks with several labelled rows for an example, or with examples that mix. */
    static Stream<LikelihoodCase> mixingRows() {
        return Stream.of(simpleRnn(), batchNormalisation());
    }

    static LikelihoodCase softmax() {
        return dense("softmax MCXENT", CATEGORICAL, NetworkCases.output(3, Activation.SOFTMAX, LossFunction.MCXENT));
    }

    static LikelihoodCase dense(String name, Likelihood likelihood, BaseOutputLayer output) {
        return network(name, likelihood, InputType.feedForward(3), random(3, 3), null, tanh(3), output);
    }

    private static LikelihoodCase convolution() {
        return network(
                "convolution",
                CATEGORICAL,
                InputType.convolutional(4, 3, 2),
                random(3, 2, 4, 3),
                null,
                new ConvolutionLayer.Builder(2, 2)
                        .nOut(2)
                        .activation(Activation.TANH)
                        .build(),
                NetworkCases.output(2, Activation.SOFTMAX, LossFunction.MCXENT));
    }

    private static LikelihoodCase simpleRnn() {
        return network(
                "SimpleRnn, masked RnnOutput",
                CATEGORICAL,
                InputType.recurrent(2, 3),
                random(2, 2, 3),
                Nd4j.createFromArray(new double[][] {{1, 1, 1}, {1, 1, 0}}),
                new SimpleRnn.Builder().nOut(2).activation(Activation.TANH).build(),
                NetworkCases.rnnOutput(RNNFormat.NCW, 2, 2, Activation.SOFTMAX, LossFunction.MCXENT));
    }

    private static LikelihoodCase lstm() {
        return network(
                "LSTM, RnnOutput",
                BERNOULLI,
                InputType.recurrent(2, 2),
                random(2, 2, 2),
                null,
                new LSTM.Builder().nOut(2).activation(Activation.TANH).build(),
                NetworkCases.rnnOutput(RNNFormat.NCW, 2, 1, Activation.SIGMOID, LossFunction.XENT));
    }

    /** Gradients of one example depend on the others: only the general form of the Monte Carlo product is right. */
    static LikelihoodCase batchNormalisation() {
        return network(
                "batch normalisation",
                BERNOULLI,
                InputType.feedForward(3),
                random(3, 3),
                null,
                tanh(2),
                new BatchNormalization.Builder().build(),
                NetworkCases.output(2, Activation.SIGMOID, LossFunction.XENT));
    }

    static LikelihoodCase frozen() {
        return network(
                "frozen layer",
                SQUARED,
                InputType.feedForward(3),
                random(3, 3),
                null,
                tanh(2),
                new FrozenLayer(tanh(2)),
                tanh(3),
                NetworkCases.output(2, Activation.IDENTITY, LossFunction.L2));
    }

    private static LikelihoodCase graph() {
        ComputationGraph graph = new ComputationGraph(NetworkCases.builder(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("a", "b")
                .addLayer("left", tanh(2), "a")
                .addLayer("right", tanh(2), "b")
                .addVertex("merged", new MergeVertex(), "left", "right")
                .addLayer("classes", NetworkCases.output(2, Activation.SOFTMAX, LossFunction.MCXENT), "merged")
                .addLayer("values", NetworkCases.output(1, Activation.IDENTITY, LossFunction.MSE), "right")
                .setOutputs("classes", "values")
                .setInputTypes(InputType.feedForward(2), InputType.feedForward(3))
                .build());
        graph.init();
        CurvatureBatch batch = CurvatureBatch.ofInputs(random(3, 2), random(3, 3));
        return new LikelihoodCase(new NetworkCase("graph", graph, batch), List.of(CATEGORICAL, MEAN_SQUARED));
    }

    /** Rows of the layer in the middle have the example index slowest, against the host's own order. */
    private static LikelihoodCase reshaped() {
        ComputationGraph graph = new ComputationGraph(NetworkCases.builder(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addVertex("halves", new ReshapeVertex(6, 2), "in")
                .addLayer(
                        "middle",
                        new DenseLayer.Builder()
                                .nIn(2)
                                .nOut(2)
                                .activation(Activation.TANH)
                                .build(),
                        "halves")
                .addVertex("whole", new ReshapeVertex(3, 4), "middle")
                .addLayer("out", NetworkCases.output(4, 2, Activation.SIGMOID, LossFunction.XENT), "whole")
                .setOutputs("out")
                .build());
        graph.init();
        CurvatureBatch batch = CurvatureBatch.ofInputs(random(3, 4));
        return new LikelihoodCase(new NetworkCase("reshaped", graph, batch), List.of(BERNOULLI));
    }

    private static LikelihoodCase network(
            String name,
            Likelihood likelihood,
            InputType type,
            INDArray input,
            INDArray mask,
            org.deeplearning4j.nn.conf.layers.Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                NetworkCases.builder(DataType.DOUBLE).list(layers);
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.setInputType(type).build());
        network.init();
        INDArray[] masks = mask == null ? null : new INDArray[] {mask};
        CurvatureBatch batch = new CurvatureBatch(new INDArray[] {input}, null, masks, masks);
        return new LikelihoodCase(new NetworkCase(name, network, batch), List.of(likelihood));
    }

    private static DenseLayer tanh(int nOut) {
        return new DenseLayer.Builder().nOut(nOut).activation(Activation.TANH).build();
    }

    private static INDArray random(long... shape) {
        return RandomMatrices.gaussian(shape, 31);
    }
}
