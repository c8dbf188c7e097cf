/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.FisherEstimator.Method;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Training with shadow passes at every iteration takes the same course, bit for bit, as training without. */
class UndisturbedTrainingTest {
    private static final int ITERATIONS = 5;

    /** A way to build one network over and over, with a batch for it. */
    record Setup(String name, Supplier<Model> model, DataSet batch) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Setup> setups() {
        return Stream.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)
                .flatMap(mode -> Stream.of(noisyDense(mode), noisyGraph(mode), recurrent(mode)));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void takesTheSameCourse(Setup setup) {
        Model alone = setup.model().get();
        Model probed = setup.model().get();
        Probe probe = new Probe(setup.batch());
        probed.setListeners(probe);

        train(alone, setup.batch());
        train(probed, setup.batch());

        assertThat(probe.passes).isEqualTo(ITERATIONS);
        assertThatMatrix(probed.params()).isBitEqualTo(alone.params());
    }

    private static void train(Model model, DataSet batch) {
        Nd4j.getRandom().setSeed(1); // the host draws dropout masks from its global generator
        for (int i = 0; i < ITERATIONS; i++) {
            if (model instanceof MultiLayerNetwork network) {
                network.fit(new SingletonDataSetIterator(batch)); // prefetching opens workspaces of its own
            } else {
                ((ComputationGraph) model).fit(new SingletonDataSetIterator(batch));
            }
        }
    }

    /** Runs every kind of pass between the gradient and the step. */
    private static final class Probe extends BaseTrainingListener {
        private final CurvatureBatch batch;
        private ShadowNetwork shadow;
        private List<FisherEstimator> estimators;
        private int passes;

        Probe(DataSet batch) {
            this.batch = CurvatureBatch.of(batch);
        }

        @Override
        public void onGradientCalculation(Model model) {
            if (shadow == null) {
                shadow = ShadowNetwork.of(model);
                estimators = Stream.of(Method.values())
                        .map(method ->
                                FisherEstimator.builder(model).method(method).build())
                        .toList();
            }
            shadow.withLabels(batch);
            shadow.withSampledLabels(batch, LabelSampler.seeded(passes));
            INDArray v = shadow.gradient().dup();
            estimators.forEach(estimator -> estimator.product(batch, v, LabelSampler.seeded(passes)));
            passes++;
        }
    }

    private static Setup noisyDense(WorkspaceMode mode) {
        return new Setup(
                "dense, dropout, drop connect, batch normalisation, randomised rectifier, workspaces " + mode,
                () -> {
                    MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.FLOAT)
                            .updater(new Adam(0.01))
                            .l2(0.01)
                            .trainingWorkspaceMode(mode)
                            .inferenceWorkspaceMode(mode)
                            .list()
                            .layer(new DenseLayer.Builder()
                                    .nOut(6)
                                    .dropOut(0.6)
                                    .activation(Activation.TANH)
                                    .build())
                            .layer(new BatchNormalization.Builder().build())
                            .layer(new DenseLayer.Builder()
                                    .nOut(5)
                                    .weightNoise(new DropConnect(0.7))
                                    .activation(Activation.RRELU)
                                    .build())
                            .layer(NetworkCases.output(3, Activation.SIGMOID, LossFunction.XENT))
                            .setInputType(InputType.feedForward(4))
                            .build());
                    network.init();
                    return network;
                },
                new DataSet(random(8, 4), random(8, 3)));
    }

    private static Setup noisyGraph(WorkspaceMode mode) {
        return new Setup(
                "graph, dropout inside wrappers, workspaces " + mode,
                () -> {
                    ComputationGraph graph = new ComputationGraph(NetworkCases.builder(DataType.FLOAT)
                            .updater(new Adam(0.01))
                            .trainingWorkspaceMode(mode)
                            .inferenceWorkspaceMode(mode)
                            .graphBuilder()
                            .addInputs("in")
                            .addLayer(
                                    "both",
                                    new Bidirectional(new LSTM.Builder()
                                            .nOut(3)
                                            .dropOut(0.6)
                                            .activation(Activation.TANH)
                                            .build()),
                                    "in")
                            .addLayer(
                                    "last",
                                    new LastTimeStep(new SimpleRnn.Builder()
                                            .nOut(3)
                                            .dropOut(0.6)
                                            .activation(Activation.TANH)
                                            .build()),
                                    "both")
                            .addLayer("out", NetworkCases.output(2, Activation.SOFTMAX, LossFunction.MCXENT), "last")
                            .setOutputs("out")
                            .setInputTypes(InputType.recurrent(3, 5))
                            .build());
                    graph.init();
                    return graph;
                },
                new DataSet(random(4, 3, 5), random(4, 2)));
    }

    private static Setup recurrent(WorkspaceMode mode) {
        return new Setup(
                "LSTM and SimpleRnn, dropout, workspaces " + mode,
                () -> {
                    MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.FLOAT)
                            .updater(new Adam(0.01))
                            .trainingWorkspaceMode(mode)
                            .inferenceWorkspaceMode(mode)
                            .list()
                            .layer(new LSTM.Builder()
                                    .nOut(4)
                                    .dropOut(0.6)
                                    .activation(Activation.TANH)
                                    .build())
                            .layer(new SimpleRnn.Builder()
                                    .nOut(3)
                                    .dropOut(0.6)
                                    .activation(Activation.TANH)
                                    .build())
                            .layer(NetworkCases.rnnOutput(RNNFormat.NCW, 3, 2, Activation.IDENTITY, LossFunction.MSE))
                            .setInputType(InputType.recurrent(3))
                            .build());
                    network.init();
                    return network;
                },
                new DataSet(random(4, 3, 6), random(4, 2, 6)));
    }

    private static INDArray random(long... shape) {
        return RandomMatrices.uniform(shape, 41).castTo(DataType.FLOAT);
    }
}
