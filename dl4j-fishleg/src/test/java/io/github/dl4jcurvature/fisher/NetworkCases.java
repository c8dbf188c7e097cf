/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.SplittableRandom;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of every captured kind of layer, with random weights and biases, in a given data type. */
final class NetworkCases {
    private static final int N = 5;
    private static final int T = 4;

    private final DataType type;

    private NetworkCases(DataType type) {
        this.type = type;
    }

    static Stream<NetworkCase> all(DataType type) {
        NetworkCases cases = new NetworkCases(type);
        return Stream.of(
                cases.dense(),
                cases.singleLayer(),
                cases.convolution(CNN2DFormat.NCHW, ConvolutionMode.Truncate, 2, 1, true),
                cases.convolution(CNN2DFormat.NHWC, ConvolutionMode.Same, 2, 1, true),
                cases.convolution(CNN2DFormat.NCHW, ConvolutionMode.Same, 1, 2, false),
                cases.convolution(CNN2DFormat.NHWC, ConvolutionMode.Strict, 1, 2, true),
                cases.simpleRnn(RNNFormat.NCW, false),
                cases.simpleRnn(RNNFormat.NCW, true),
                cases.simpleRnn(RNNFormat.NWC, true),
                cases.lstm(RNNFormat.NCW, false, 1),
                cases.lstm(RNNFormat.NCW, true, 2),
                cases.lstm(RNNFormat.NWC, true, 1),
                cases.lastStep(RNNFormat.NCW, true),
                cases.lastStep(RNNFormat.NWC, false),
                cases.bidirectional(Bidirectional.Mode.CONCAT, RNNFormat.NCW, true),
                cases.bidirectional(Bidirectional.Mode.MUL, RNNFormat.NCW, false),
                cases.bidirectional(Bidirectional.Mode.ADD, RNNFormat.NWC, true),
                cases.lastStepOfBoth(),
                cases.embedding(true),
                cases.embedding(false),
                cases.graph(true),
                cases.graph(false));
    }

    static Stream<NetworkCase> allDouble() {
        return all(DataType.DOUBLE);
    }

    static Stream<NetworkCase> allFloat() {
        return all(DataType.FLOAT);
    }

    NeuralNetConfiguration.Builder builder() {
        return builder(type);
    }

    static NeuralNetConfiguration.Builder builder(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .weightInit(WeightInit.XAVIER)
                .biasInit(0.1)
                .updater(new Sgd(0.1));
    }

    private NetworkCase dense() {
        return network(
                "dense",
                builder()
                        .list()
                        .layer(new DenseLayer.Builder()
                                .nIn(6)
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build())
                        .layer(new DenseLayer.Builder()
                                .nOut(4)
                                .hasBias(false)
                                .activation(Activation.RELU)
                                .build())
                        .layer(output(3, Activation.SOFTMAX, LossFunction.MCXENT))
                        .setInputType(InputType.feedForward(6)),
                CurvatureBatch.ofInputs(random(11, N, 6)),
                oneHot(N, 3));
    }

    private NetworkCase singleLayer() {
        return network(
                "single output layer, output mask",
                builder()
                        .list()
                        .layer(output(3, Activation.SIGMOID, LossFunction.XENT))
                        .setInputType(InputType.feedForward(4)),
                new CurvatureBatch(new INDArray[] {random(12, N, 4)}, null, null, new INDArray[] {
                    Nd4j.createFromArray(1.0, 0, 1, 1, 0).reshape(N, 1).castTo(type)
                }),
                random(13, N, 3));
    }

    private NetworkCase convolution(CNN2DFormat format, ConvolutionMode mode, int stride, int dilation, boolean bias) {
        ConvolutionLayer first = new ConvolutionLayer.Builder(3, 2)
                .nOut(3)
                .stride(stride, 1)
                .dilation(dilation, 1)
                .dataFormat(format)
                .convolutionMode(mode)
                .hasBias(bias)
                .activation(Activation.TANH)
                .build();
        ConvolutionLayer second = new ConvolutionLayer.Builder(2, 2)
                .nOut(2)
                .dataFormat(format)
                .activation(Activation.RELU)
                .build();
        INDArray images = format == CNN2DFormat.NCHW ? random(14, N, 2, 8, 7) : random(14, N, 8, 7, 2);
        return network(
                "convolution %s %s stride %d dilation %d bias %s".formatted(format, mode, stride, dilation, bias),
                builder()
                        .list()
                        .layer(first)
                        .layer(new SubsamplingLayer.Builder(2, 2)
                                .stride(1, 1)
                                .dataFormat(format)
                                .build())
                        .layer(second)
                        .layer(output(3, Activation.SOFTMAX, LossFunction.NEGATIVELOGLIKELIHOOD))
                        .setInputType(InputType.convolutional(8, 7, 2, format)),
                CurvatureBatch.ofInputs(images),
                oneHot(N, 3));
    }

    private NetworkCase simpleRnn(RNNFormat format, boolean masked) {
        return network(
                "SimpleRnn %s masked %s".formatted(format, masked),
                builder()
                        .list()
                        .layer(new SimpleRnn.Builder()
                                .nIn(3)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .dataFormat(format)
                                .build())
                        .layer(new SimpleRnn.Builder()
                                .nIn(4)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .dataFormat(format)
                                .build())
                        .layer(rnnOutput(format, 3, 2, Activation.IDENTITY, LossFunction.MSE)),
                sequences(format, masked, 3),
                sequence(format, 15, 2));
    }

    private NetworkCase lstm(RNNFormat format, boolean masked, int layers) {
        var list = builder().list();
        for (int l = 0; l < layers; l++) {
            list.layer(new LSTM.Builder()
                    .nIn(l == 0 ? 3 : 4)
                    .nOut(4)
                    .activation(Activation.TANH)
                    .gateActivationFunction(Activation.SIGMOID)
                    .dataFormat(format)
                    .build());
        }
        return network(
                "LSTM %s masked %s layers %d".formatted(format, masked, layers),
                list.layer(rnnOutput(format, 4, 2, Activation.SIGMOID, LossFunction.XENT)),
                sequences(format, masked, 3),
                sequence(format, 16, 2));
    }

    private NetworkCase lastStep(RNNFormat format, boolean masked) {
        INDArray[] mask = masked ? new INDArray[] {mask()} : null;
        return network(
                "last step of LSTM %s masked %s".formatted(format, masked),
                builder()
                        .list()
                        .layer(new LastTimeStep(new LSTM.Builder()
                                .nIn(3)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .dataFormat(format)
                                .build()))
                        .layer(output(4, 2, Activation.IDENTITY, LossFunction.MSE)),
                new CurvatureBatch(new INDArray[] {sequence(format, 23, 3)}, null, mask, null),
                random(24, N, 2));
    }

    private NetworkCase bidirectional(Bidirectional.Mode mode, RNNFormat format, boolean masked) {
        SimpleRnn wrapped = new SimpleRnn.Builder()
                .nIn(3)
                .nOut(4)
                .activation(Activation.TANH)
                .dataFormat(format)
                .build();
        int outputs = mode == Bidirectional.Mode.CONCAT ? 8 : 4;
        return network(
                "bidirectional %s %s masked %s".formatted(mode, format, masked),
                builder()
                        .list()
                        .layer(new Bidirectional(mode, wrapped))
                        .layer(rnnOutput(format, outputs, 2, Activation.SOFTMAX, LossFunction.MCXENT)),
                sequences(format, masked, 3),
                sequence(format, 25, 2));
    }

    private NetworkCase lastStepOfBoth() {
        return network(
                "last step of bidirectional LSTM",
                builder()
                        .list()
                        .layer(new LastTimeStep(new Bidirectional(new LSTM.Builder()
                                .nIn(3)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build())))
                        .layer(output(8, 2, Activation.SIGMOID, LossFunction.XENT)),
                CurvatureBatch.ofInputs(sequence(RNNFormat.NCW, 26, 3)),
                random(27, N, 2));
    }

    private NetworkCase embedding(boolean bias) {
        return network(
                "embedding bias " + bias,
                builder()
                        .list()
                        .layer(new EmbeddingLayer.Builder()
                                .nIn(6)
                                .nOut(4)
                                .hasBias(bias)
                                .activation(Activation.TANH)
                                .build())
                        .layer(new DenseLayer.Builder()
                                .nIn(4)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build())
                        .layer(output(3, 2, Activation.IDENTITY, LossFunction.L2)),
                CurvatureBatch.ofInputs(
                        Nd4j.createFromArray(2.0, 0, 5, 2, 1).reshape(N, 1).castTo(type)),
                random(17, N, 2));
    }

    /** Two inputs (vector, sequence), two outputs (softmax over time, squared error). */
    private NetworkCase graph(boolean masked) {
        ComputationGraph graph = new ComputationGraph(builder()
                .graphBuilder()
                .addInputs("vector", "sequence")
                .addLayer(
                        "dense",
                        new DenseLayer.Builder()
                                .nIn(4)
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        "vector")
                .addLayer(
                        "lstm",
                        new LSTM.Builder()
                                .nIn(3)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "sequence")
                .addLayer(
                        "timed",
                        new DenseLayer.Builder()
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        "lstm")
                .addVertex("last", new org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex("sequence"), "lstm")
                .addVertex("merged", new MergeVertex(), "dense", "last")
                .addLayer("classes", rnnOutput(RNNFormat.NCW, 3, 3, Activation.SOFTMAX, LossFunction.MCXENT), "timed")
                .addLayer("values", output(7, 2, Activation.IDENTITY, LossFunction.MSE), "merged")
                .setOutputs("classes", "values")
                .setInputTypes(InputType.feedForward(4), InputType.recurrent(3, T))
                .build());
        graph.init();
        INDArray[] inputMasks = masked ? new INDArray[] {null, mask()} : null;
        INDArray[] labelMasks = masked ? new INDArray[] {mask(), null} : null;
        INDArray classes =
                oneHot(T * N, 3).reshape('c', T, N, 3).permute(1, 2, 0).dup('c'); // [N, 3, T]
        return new NetworkCase(
                "graph masked " + masked,
                graph,
                new CurvatureBatch(
                        new INDArray[] {random(18, N, 4), random(19, N, 3, T)},
                        new INDArray[] {classes, random(20, N, 2)},
                        inputMasks,
                        labelMasks));
    }

    private CurvatureBatch sequences(RNNFormat format, boolean masked, int features) {
        INDArray[] mask = masked ? new INDArray[] {mask()} : null;
        return new CurvatureBatch(new INDArray[] {sequence(format, 21, features)}, null, mask, mask);
    }

    private INDArray sequence(RNNFormat format, long seed, int features) {
        return format == RNNFormat.NCW ? random(seed, N, features, T) : random(seed, N, T, features);
    }

    /** Sequences that end early, start late, have a gap or are whole. */
    private INDArray mask() {
        return Nd4j.createFromArray(
                        new double[][] {{1, 1, 1, 1}, {1, 1, 0, 0}, {0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, 1, 0}})
                .castTo(type);
    }

    private NetworkCase network(
            String name, NeuralNetConfiguration.ListBuilder layers, CurvatureBatch unlabelled, INDArray labels) {
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        CurvatureBatch batch = new CurvatureBatch(
                unlabelled.inputs(), new INDArray[] {labels}, unlabelled.inputMasks(), unlabelled.labelMasks());
        return new NetworkCase(type + " " + name, network, batch);
    }

    static OutputLayer output(int nOut, Activation activation, LossFunction loss) {
        return new OutputLayer.Builder(loss).nOut(nOut).activation(activation).build();
    }

    static OutputLayer output(int nIn, int nOut, Activation activation, LossFunction loss) {
        return new OutputLayer.Builder(loss)
                .nIn(nIn)
                .nOut(nOut)
                .activation(activation)
                .build();
    }

    static RnnOutputLayer rnnOutput(RNNFormat format, int nIn, int nOut, Activation activation, LossFunction loss) {
        return new RnnOutputLayer.Builder(loss)
                .nIn(nIn)
                .nOut(nOut)
                .activation(activation)
                .dataFormat(format)
                .build();
    }

    private INDArray random(long seed, long... shape) {
        return RandomMatrices.uniform(shape, seed).castTo(type);
    }

    private INDArray oneHot(int rows, int classes) {
        SplittableRandom random = new SplittableRandom(22);
        INDArray labels = Nd4j.zeros(type, rows, classes);
        for (int row = 0; row < rows; row++) {
            labels.putScalar(row, random.nextInt(classes), 1);
        }
        return labels;
    }
}
