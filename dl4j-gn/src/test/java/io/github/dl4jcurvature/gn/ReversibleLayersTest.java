/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** The layers with updaters of the host. */
class ReversibleLayersTest {

    static Stream<Arguments> networks() {
        RevMlp.Builder plain = GaussNewtonCases.classifier(new NoOp());
        return Stream.of(
                Arguments.of("layers", plain.build()),
                Arguments.of(
                        "no bias",
                        GaussNewtonCases.classifier(new NoOp()).hasBias(false).build()),
                Arguments.of(
                        "no hidden size",
                        GaussNewtonCases.classifier(new NoOp()).hiddenSize(0).build()),
                Arguments.of(
                        "stack",
                        GaussNewtonCases.classifier(new NoOp())
                                .blocks(5)
                                .stacked(0)
                                .build()),
                Arguments.of(
                        "stack with checkpoints",
                        GaussNewtonCases.classifier(new NoOp())
                                .blocks(5)
                                .stacked(2)
                                .build()),
                Arguments.of(
                        "wider",
                        GaussNewtonCases.classifier(new NoOp()).width(10).build()),
                Arguments.of(
                        "trained readout",
                        GaussNewtonCases.classifier(new NoOp())
                                .trainableReadout(true)
                                .build()),
                Arguments.of(
                        "sigmoid outputs",
                        GaussNewtonCases.classifier(new NoOp())
                                .loss(new LossBinaryXENT())
                                .build()),
                Arguments.of("squares", GaussNewtonCases.regression(new NoOp()).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradientsPassTheHostsCheck(String name, MultiLayerConfiguration configuration) {
        DataType before = Nd4j.dataType();
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
        try {
            MultiLayerNetwork network = new MultiLayerNetwork(configuration);
            network.init();
            network.params()
                    .addi(Nd4j.randn(DataType.DOUBLE, network.params().shape()).muli(0.1));
            DataSet data = name.equals("squares")
                    ? GaussNewtonCases.targets(5, 1)
                    : GaussNewtonCases.classes(5, DataType.DOUBLE, 1);
            Set<String> fixed = new HashSet<>();
            network.paramTable().keySet().stream()
                    .filter(key -> key.matches(".*_(V.*|U)"))
                    .forEach(fixed::add);
            assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                            .net(network)
                            .input(data.getFeatures())
                            .labels(data.getLabels())
                            .excludeParams(fixed)))
                    .isTrue();
        } finally {
            Nd4j.setDefaultDataTypes(before, before);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void configurationsSurviveJsonAndYaml(String name, MultiLayerConfiguration configuration) {
        assertThat(MultiLayerConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
        assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
        assertThat(configuration.clone()).isEqualTo(configuration).hasSameHashCodeAs(configuration);
    }

    @Test
    void graphConfigurationsSurviveJsonAndYaml() {
        for (ComputationGraphConfiguration configuration : List.of(
                GaussNewtonCases.graph(new Adam(), DataType.DOUBLE),
                GaussNewtonCases.graph(new GaussNewton(0.5), DataType.FLOAT))) {
            assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
                    .isEqualTo(configuration);
            assertThat(ComputationGraphConfiguration.fromYaml(configuration.toYaml()))
                    .isEqualTo(configuration);
        }
    }

    @Test
    void configurationsDifferByEveryField() {
        assertThat(List.of(
                        GaussNewtonCases.block(),
                        new ReversibleCouplingLayer.Builder()
                                .nIn(8)
                                .hiddenSize(23)
                                .build(),
                        new ReversibleCouplingLayer.Builder()
                                .nIn(8)
                                .hiddenSize(24)
                                .hasBias(false)
                                .build(),
                        new ReversibleCouplingLayer.Builder()
                                .nIn(10)
                                .hiddenSize(24)
                                .build(),
                        new ReversibleStack.Builder().nIn(8).hiddenSize(24).build(),
                        new ReversibleStack.Builder()
                                .nIn(8)
                                .hiddenSize(24)
                                .blocks(2)
                                .build(),
                        new ReversibleStack.Builder()
                                .nIn(8)
                                .hiddenSize(24)
                                .blocks(2)
                                .checkpointEvery(1)
                                .build(),
                        new TrainableInput.Builder().nIn(8).nOut(4).build(),
                        new TrainableInput.Builder()
                                .nIn(8)
                                .nOut(4)
                                .hiddenSize(3)
                                .build(),
                        new TrainableReadout.Builder().nIn(8).nOut(4).build(),
                        new OrthonormalReadout.Builder().nIn(8).nOut(4).build()))
                .doesNotHaveDuplicates();
    }

    /** The same parameters in one stack and in layers; the stack's activations err by rounding of the inversion. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void aStackTrainsLikeItsBlocksInLayers(int checkpointEvery) {
        MultiLayerNetwork layers =
                network(GaussNewtonCases.classifier(new Sgd(0.1)).blocks(7).build());
        MultiLayerNetwork stack = network(GaussNewtonCases.classifier(new Sgd(0.1))
                .blocks(7)
                .stacked(checkpointEvery)
                .build());
        copy(layers, stack, 7);
        DataSet data = GaussNewtonCases.classes(20, DataType.DOUBLE, 3);
        for (int step = 0; step < 10; step++) {
            layers.fit(data);
            stack.fit(data);
        }
        for (int l = 0; l < 7; l++) {
            for (String name : List.of("Wf", "bf", "Wg", "bg", "Vf", "Vg")) {
                assertThatMatrix(stack.getParam("0_" + name + l))
                        .isWithinRelativeFrobenius(layers.getParam(l + "_" + name), 1e-11);
            }
        }
    }

    /** Copies blocks and the readout from layers to a stack. */
    static void copy(MultiLayerNetwork layers, MultiLayerNetwork stack, int blocks) {
        for (int l = 0; l < blocks; l++) {
            for (String name : List.of("Wf", "bf", "Wg", "bg", "Vf", "Vg")) {
                stack.getParam("0_" + name + l).assign(layers.getParam(l + "_" + name));
            }
        }
        stack.getParam("1_U").assign(layers.getParam(blocks + "_U"));
    }

    static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    @Test
    void fixedMatricesNeverChangeAndWeightsStartAsConfigured() {
        MultiLayerNetwork network = network(RevMlp.builder()
                .nIn(64)
                .nOut(10)
                .hiddenSize(400)
                .updater(new Adam(0.01))
                .build());
        INDArray v = network.getParam("0_Vf").dup();
        INDArray u = network.getParam("2_U").dup();
        assertThat(v.stdNumber().doubleValue() * 20).isBetween(0.97, 1.03);
        assertThat(network.getParam("0_Wg").stdNumber().doubleValue() * 1000).isBetween(0.97, 1.03);
        assertThatMatrix(u.transpose().mmul(u)).isWithinAbsolute(Nd4j.eye(10).castTo(DataType.DOUBLE), 1e-14);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 4, 10);
        labels.getColumn(2).assign(1);
        network.fit(Nd4j.randn(DataType.DOUBLE, 4, 64), labels);
        assertThatMatrix(network.getParam("0_Vf")).isBitEqualTo(v);
        assertThatMatrix(network.getParam("2_U")).isBitEqualTo(u);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DOUBLE", "FLOAT"})
    void inputsAreRecoveredFromOutputs(String type) {
        DataType dataType = DataType.valueOf(type);
        MultiLayerNetwork network = network(GaussNewtonCases.classifier(new Sgd(0.1))
                .blocks(20)
                .stacked(0)
                .dataType(dataType)
                .build());
        network.params().muli(10);
        ReversibleLayerImpl layer = (ReversibleLayerImpl) network.getLayer(0);
        INDArray x = GaussNewtonCases.classes(6, dataType, 4).getFeatures();
        double tolerance = dataType == DataType.DOUBLE ? 1e-11 : 1e-3;
        assertThat(layer.checkInvertibility(x, tolerance)).isLessThan(tolerance);
        INDArray y = network.feedForward(x).get(1);
        assertThat(y.distance2(x)).isGreaterThan(0.01);
        assertThat(layer.inverse(y).sub(x).amaxNumber().doubleValue())
                .isLessThan(tolerance * x.amaxNumber().doubleValue());
    }

    @ParameterizedTest
    @CsvSource({"1, 24", "3, 24", "3, 0"})
    void aStackHasTheParametersOfItsBlocks(int blocks, int hiddenSize) {
        MultiLayerNetwork network = network(GaussNewtonCases.classifier(new NoOp())
                .blocks(blocks)
                .hiddenSize(hiddenSize)
                .stacked(0)
                .build());
        Set<String> expected = new HashSet<>();
        for (int l = 0; l < blocks; l++) {
            for (String kind : hiddenSize > 0 ? List.of("W", "b", "V") : List.of("W", "b")) {
                expected.add("0_" + kind + "f" + l);
                expected.add("0_" + kind + "g" + l);
            }
        }
        expected.add("1_U");
        assertThat(network.paramTable().keySet()).isEqualTo(expected);
        long features = hiddenSize > 0 ? hiddenSize : 4;
        assertThat(network.getParam("0_Wf0").shape()).containsExactly(features, 4);
        assertThat(network.getParam("0_bg0").shape()).containsExactly(1, 4);
    }

    /** Of floats in a deep stack with large weights, against layers that keep all activations. */
    @Test
    void checkpointsKeepErrorsOfTheInversionFromGrowing() {
        double growing = distanceFromLayers(0);
        double kept = distanceFromLayers(2);
        assertThat(kept).isPositive().isLessThan(growing / 3);
    }

    /** Of the gradients of all blocks. */
    private static double distanceFromLayers(int checkpointEvery) {
        int blocks = 80;
        RevMlp.Builder builder =
                GaussNewtonCases.classifier(new NoOp()).blocks(blocks).dataType(DataType.FLOAT);
        MultiLayerNetwork layers = network(builder.build());
        MultiLayerNetwork stack = network(builder.stacked(checkpointEvery).build());
        layers.params().muli(20);
        copy(layers, stack, blocks);
        DataSet data = GaussNewtonCases.classes(6, DataType.FLOAT, 4);
        layers.fit(data); // with no step
        stack.fit(data);
        double squares = 0;
        for (int l = 0; l < blocks; l++) {
            for (String name : List.of("Wf", "bf", "Wg", "bg")) {
                INDArray expected = layers.gradient().getGradientFor(l + "_" + name);
                INDArray actual = stack.gradient().getGradientFor("0_" + name + l);
                squares += Math.pow(actual.distance2(expected), 2);
            }
        }
        return Math.sqrt(squares);
    }

    static Stream<IUpdater> updaters() {
        return Stream.of(new Sgd(1e-3), new GaussNewton(0.1));
    }

    /** All workspaces of the thread; parameters, gradients and what is freed within a block lie elsewhere. */
    @ParameterizedTest
    @MethodSource("updaters")
    void memoryForActivationsDoesNotGrowWithTheNumberOfBlocks(IUpdater updater) {
        long five = workspaces(GaussNewtonCases.classifier(updater).blocks(5).stacked(0));
        long fifty = workspaces(GaussNewtonCases.classifier(updater).blocks(50).stacked(0));
        assertThat(fifty).isPositive().isLessThanOrEqualTo((long) (1.1 * five));
        assertThat(workspaces(GaussNewtonCases.classifier(updater).blocks(50)))
                .as("layers of their own keep the activations of each block")
                .isGreaterThan((long) (1.5 * five));
    }

    private static long workspaces(RevMlp.Builder builder) {
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        MultiLayerNetwork network = network(builder.hiddenSize(40).build());
        DataSet data = GaussNewtonCases.classes(32, DataType.DOUBLE, 3);
        for (int step = 0; step < 6; step++) {
            network.fit(data);
        }
        return Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread().stream()
                .mapToLong(MemoryWorkspace::getCurrentSize)
                .sum();
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void trainingLeavesItsDataUnchanged(IUpdater updater) {
        MultiLayerNetwork network = network(
                GaussNewtonCases.classifier(updater).blocks(3).stacked(2).build());
        DataSet data = GaussNewtonCases.classes(10, DataType.DOUBLE, 3);
        DataSet before = data.copy();
        for (int step = 0; step < 3; step++) {
            network.fit(data);
        }
        assertThatMatrix(data.getFeatures()).isBitEqualTo(before.getFeatures());
        assertThatMatrix(data.getLabels()).isBitEqualTo(before.getLabels());
    }

    @Test
    void adamTrainsAStackOfFloats() {
        MultiLayerNetwork network = network(GaussNewtonCases.classifier(new Adam(0.01))
                .blocks(10)
                .stacked(3)
                .activation(Activation.RELU)
                .dataType(DataType.FLOAT)
                .build());
        DataSet data = GaussNewtonCases.classes(20, DataType.FLOAT, 5);
        double before = network.score(data);
        for (int step = 0; step < 100; step++) {
            network.fit(data);
        }
        assertThat(network.score(data)).isLessThan(before / 10);
    }
}
