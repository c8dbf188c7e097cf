/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of every kind of layer, and labelled data for them. */
enum LayerCases {
    CONVOLUTION {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return builder.list()
                    .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).build())
                    .layer(new ConvolutionLayer.Builder(2, 2)
                            .nOut(3)
                            .hasBias(false)
                            .build())
                    .layer(output(CLASSES))
                    .setInputType(InputType.convolutional(6, 6, 2));
        }

        @Override
        INDArray inputs(long seed) {
            return RandomMatrices.gaussian(new long[] {EXAMPLES, 2, 6, 6}, seed);
        }
    },
    DEPTHWISE {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return builder.list()
                    .layer(new DepthwiseConvolution2D.Builder(3, 3)
                            .depthMultiplier(2)
                            .nIn(2)
                            .nOut(4)
                            .build())
                    .layer(output(CLASSES))
                    .setInputType(InputType.convolutional(6, 6, 2));
        }

        @Override
        INDArray inputs(long seed) {
            return CONVOLUTION.inputs(seed);
        }
    },
    NORMALISED {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return builder.list()
                    .layer(new DenseLayer.Builder().nOut(6).hasLayerNorm(true).build())
                    .layer(new BatchNormalization.Builder().build())
                    .layer(new PReLULayer.Builder().inputShape(6).build())
                    .layer(output(CLASSES))
                    .setInputType(InputType.feedForward(5));
        }

        @Override
        INDArray inputs(long seed) {
            return RandomMatrices.gaussian(EXAMPLES, 5, seed);
        }
    },
    AUTOENCODER {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return builder.list()
                    .layer(new AutoEncoder.Builder().nOut(6).build())
                    .layer(output(CLASSES))
                    .setInputType(InputType.feedForward(5));
        }

        @Override
        INDArray inputs(long seed) {
            return NORMALISED.inputs(seed);
        }
    },
    EMBEDDING {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return builder.list()
                    .layer(new EmbeddingLayer.Builder()
                            .nIn(7)
                            .nOut(5)
                            .hasBias(true)
                            .build())
                    .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                            .activation(Activation.SOFTMAX)
                            .nIn(5)
                            .nOut(CLASSES)
                            .build());
        }

        @Override
        INDArray inputs(long seed) {
            INDArray words = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 1);
            for (int n = 0; n < EXAMPLES; n++) {
                words.putScalar(n, 0, (double) ((n * 5L + seed) % 7));
            }
            return words;
        }
    },
    SIMPLE_RNN {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return sequence(builder, new SimpleRnn.Builder().nOut(4).build());
        }

        @Override
        INDArray inputs(long seed) {
            return RandomMatrices.gaussian(new long[] {EXAMPLES, 3, STEPS}, seed);
        }

        @Override
        boolean isSequence() {
            return true;
        }
    },
    LSTM_LAYER {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return sequence(builder, new LSTM.Builder().nOut(4).build());
        }

        @Override
        INDArray inputs(long seed) {
            return SIMPLE_RNN.inputs(seed);
        }

        @Override
        boolean isSequence() {
            return true;
        }
    },
    BIDIRECTIONAL {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder) {
            return sequence(
                    builder, new Bidirectional(new LSTM.Builder().nOut(4).build()));
        }

        @Override
        INDArray inputs(long seed) {
            return SIMPLE_RNN.inputs(seed);
        }

        @Override
        boolean isSequence() {
            return true;
        }
    };

    static final int EXAMPLES = 12;
    static final int CLASSES = 3;
    static final int STEPS = 4;

    abstract NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder builder);

    abstract INDArray inputs(long seed);

    boolean isSequence() {
        return false;
    }

    static Stream<LayerCases> all() {
        return Stream.of(values());
    }

    MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(layers(new NeuralNetConfiguration.Builder()
                        .seed(3)
                        .dataType(DataType.DOUBLE)
                        .activation(Activation.TANH)
                        .updater(updater))
                .build());
        network.init();
        return network;
    }

    ComputationGraph graph(IUpdater updater) {
        return network(updater).toComputationGraph();
    }

    /** Labels that the first input decides. */
    DataSet batch(long seed) {
        INDArray x = inputs(seed);
        if (!isSequence()) {
            INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
            INDArray rows = x.reshape('c', EXAMPLES, x.length() / EXAMPLES);
            for (int n = 0; n < EXAMPLES; n++) {
                y.putScalar(n, (int) Math.abs(2 * rows.getDouble(n, 0)) % CLASSES, 1);
            }
            return new DataSet(x, y);
        }
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES, STEPS);
        for (int n = 0; n < EXAMPLES; n++) {
            for (int t = 0; t < STEPS; t++) {
                y.putScalar(new int[] {n, (int) Math.abs(2 * x.getDouble(n, 0, t)) % CLASSES, t}, 1);
            }
        }
        return new DataSet(x, y);
    }

    private static OutputLayer output(int classes) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(classes)
                .build();
    }

    private static NeuralNetConfiguration.ListBuilder sequence(NeuralNetConfiguration.Builder builder, Layer layer) {
        return builder.list()
                .layer(layer)
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.recurrent(3));
    }
}
