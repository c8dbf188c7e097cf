/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
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

/** A network with each kind of layer, and data for it. */
@SuppressWarnings("deprecation") // the host deprecates its LSTM with peepholes
enum LayerCase {
    DENSE(Kind.VECTOR) {
        @Override
        Layer layer() {
            return new DenseLayer.Builder().nOut(5).build();
        }
    },
    NORMALISED(Kind.VECTOR) {
        @Override
        Layer layer() {
            return new BatchNormalization.Builder().build();
        }
    },
    PRELU(Kind.VECTOR) {
        @Override
        Layer layer() {
            return new PReLULayer.Builder().inputShape(4).build();
        }
    },
    CONVOLUTION(Kind.IMAGE) {
        @Override
        Layer layer() {
            return new ConvolutionLayer.Builder(2, 2).nOut(3).build();
        }
    },
    SIMPLE_RNN(Kind.SEQUENCE) {
        @Override
        Layer layer() {
            return new SimpleRnn.Builder().nOut(4).build();
        }
    },
    LSTM_LAYER(Kind.SEQUENCE) {
        @Override
        Layer layer() {
            return new LSTM.Builder().nOut(4).build();
        }
    },
    GRAVES_LSTM(Kind.SEQUENCE) {
        @Override
        Layer layer() {
            return new GravesLSTM.Builder().nOut(4).build();
        }
    },
    BIDIRECTIONAL(Kind.SEQUENCE) {
        @Override
        Layer layer() {
            return new Bidirectional(new SimpleRnn.Builder().nOut(3).build());
        }
    },
    LAST_STEP(Kind.SEQUENCE_TO_VECTOR) {
        @Override
        Layer layer() {
            return new LastTimeStep(new LSTM.Builder().nOut(4).build());
        }
    };

    private enum Kind {
        VECTOR,
        IMAGE,
        SEQUENCE,
        SEQUENCE_TO_VECTOR
    }

    private static final int EXAMPLES = 12;
    private static final int STEPS = 5;
    private static final int CLASSES = 3;

    private final Kind kind;

    LayerCase(Kind kind) {
        this.kind = kind;
    }

    abstract Layer layer();

    private Layer output() {
        return kind == Kind.SEQUENCE
                ? new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build()
                : new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build();
    }

    private InputType input() {
        return switch (kind) {
            case VECTOR -> InputType.feedForward(4);
            case IMAGE -> InputType.convolutional(4, 4, 2);
            default -> InputType.recurrent(3, STEPS);
        };
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(type)
                .activation(Activation.TANH)
                .updater(updater);
    }

    MultiLayerNetwork network(IUpdater updater, DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(updater, type)
                .list()
                .layer(layer())
                .layer(output())
                .setInputType(input())
                .build());
        network.init();
        return network;
    }

    ComputationGraph graph(IUpdater updater, DataType type) {
        ComputationGraph graph = new ComputationGraph(builder(updater, type)
                .graphBuilder()
                .addInputs("in")
                .addLayer("layer0", layer(), "in")
                .addLayer("layer1", output(), "layer0")
                .setOutputs("layer1")
                .setInputTypes(input())
                .build());
        graph.init();
        return graph;
    }

    /** Data of a task: sequences have masks, and the classes depend on the task. */
    DataSet data(int task, DataType type) {
        long seed = 300L + task;
        INDArray features = switch (kind) {
            case VECTOR -> RandomMatrices.gaussian(EXAMPLES, 4, seed);
            case IMAGE -> RandomMatrices.gaussian(new long[] {EXAMPLES, 2, 4, 4}, seed);
            default -> RandomMatrices.gaussian(new long[] {EXAMPLES, 3, STEPS}, seed);
        };
        INDArray labels = kind == Kind.SEQUENCE
                ? Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES, STEPS)
                : Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, EXAMPLES, STEPS);
        for (int n = 0; n < EXAMPLES; n++) {
            int label = (n * 7 + task) % CLASSES;
            for (int t = 0; kind == Kind.SEQUENCE && t < STEPS; t++) {
                labels.putScalar(new int[] {n, label, t}, 1);
            }
            if (kind != Kind.SEQUENCE) {
                labels.putScalar(n, label, 1);
            }
            if (n % 3 == 0) {
                mask.putScalar(n, STEPS - 1, 0);
            }
        }
        INDArray features0 = features.castTo(type);
        return switch (kind) {
            case SEQUENCE -> new DataSet(features0, labels.castTo(type), mask.castTo(type), mask.castTo(type));
            case SEQUENCE_TO_VECTOR -> new DataSet(features0, labels.castTo(type), mask.castTo(type), null);
            default -> new DataSet(features0, labels.castTo(type));
        };
    }
}
