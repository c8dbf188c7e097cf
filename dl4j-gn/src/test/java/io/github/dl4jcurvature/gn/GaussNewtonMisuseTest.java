/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each misuse has its message, and leaves the network as it was. */
class GaussNewtonMisuseTest {

    static LossLayer lossLayer() {
        return new LossLayer.Builder()
                .lossFunction(GaussNewtonLoss.damped(new LossMCXENT(), 0.1))
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static NeuralNetConfiguration.ListBuilder list(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .dataType(type)
                .updater(new GaussNewton(0.5))
                .activation(Activation.TANH)
                .list();
    }

    private static MultiLayerConfiguration stacked(Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = list(DataType.DOUBLE);
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return list.build();
    }

    private static OrthonormalReadout readout() {
        return new OrthonormalReadout.Builder().nIn(8).nOut(3).build();
    }

    static Stream<Arguments> configurations() {
        return Stream.of(
                misuse(
                        "a dense layer in between",
                        () -> stacked(
                                GaussNewtonCases.block(),
                                new DenseLayer.Builder().nIn(8).nOut(8).build(),
                                readout(),
                                lossLayer()),
                        "DenseLayer"),
                misuse(
                        "an ordinary loss",
                        () -> stacked(
                                GaussNewtonCases.block(),
                                readout(),
                                new LossLayer.Builder()
                                        .lossFunction(new LossMCXENT())
                                        .activation(Activation.SOFTMAX)
                                        .build()),
                        "GaussNewtonLoss"),
                misuse(
                        "an output layer",
                        () -> stacked(
                                GaussNewtonCases.block(),
                                new OutputLayer.Builder(new LossMCXENT())
                                        .nIn(8)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build()),
                        "OutputLayer"),
                misuse(
                        "another activation at the output",
                        () -> stacked(
                                GaussNewtonCases.block(),
                                readout(),
                                new LossLayer.Builder()
                                        .lossFunction(new GaussNewtonLoss(new LossMCXENT()))
                                        .activation(Activation.SIGMOID)
                                        .build()),
                        "softmax"),
                misuse(
                        "dropout",
                        () -> stacked(
                                new ReversibleCouplingLayer.Builder()
                                        .nIn(8)
                                        .hiddenSize(24)
                                        .dropOut(0.5)
                                        .build(),
                                readout(),
                                lossLayer()),
                        "dropout"),
                misuse(
                        "a dropout layer",
                        () -> stacked(
                                GaussNewtonCases.block(),
                                new DropoutLayer.Builder(0.5).build(),
                                readout(),
                                lossLayer()),
                        "DropoutLayer"),
                misuse(
                        "two updaters",
                        () -> stacked(
                                new ReversibleCouplingLayer.Builder()
                                        .nIn(8)
                                        .hiddenSize(24)
                                        .updater(new Adam())
                                        .build(),
                                GaussNewtonCases.block(),
                                readout(),
                                lossLayer()),
                        "Adam"),
                misuse(
                        "a trained layer below",
                        () -> stacked(
                                new DenseLayer.Builder().nIn(8).nOut(8).build(),
                                GaussNewtonCases.block(),
                                readout(),
                                lossLayer()),
                        "freeze"),
                misuse(
                        "truncated back-propagation",
                        () -> {
                            MultiLayerConfiguration truncated =
                                    stacked(GaussNewtonCases.block(), readout(), lossLayer());
                            truncated.setBackpropType(BackpropType.TruncatedBPTT);
                            return truncated;
                        },
                        "BackpropType.Standard"),
                misuse("nothing reversible", () -> stacked(readout(), lossLayer()), "no reversible layer"),
                misuse(
                        "floats without a floor",
                        () -> list(DataType.FLOAT)
                                .layer(new ReversibleCouplingLayer.Builder()
                                        .nIn(8)
                                        .hiddenSize(24)
                                        .updater(GaussNewton.builder()
                                                .truncated(1e-5, 0)
                                                .build())
                                        .build())
                                .layer(readout())
                                .layer(lossLayer())
                                .build(),
                        "0.001"),
                misuse(
                        "too few block weights",
                        () -> stacked(
                                new ReversibleCouplingLayer.Builder()
                                        .nIn(8)
                                        .hiddenSize(24)
                                        .updater(GaussNewton.builder()
                                                .blockWeights(0.5, 0.5)
                                                .build())
                                        .build(),
                                readout(),
                                lossLayer()),
                        "block weights"));
    }

    private static Arguments misuse(String name, Supplier<MultiLayerConfiguration> configuration, String message) {
        return Arguments.of(name, configuration, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void unsuitableConfigurationsAreRefused(
            String name, Supplier<MultiLayerConfiguration> configuration, String message) {
        assertThatThrownBy(() -> GaussNewtonSpan.prepare(configuration.get()))
                .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void graphsThatBranchAreRefused() {
        ComputationGraphConfiguration fanOut = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new GaussNewton(0.5))
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", GaussNewtonCases.block(), "in")
                .addLayer("second", GaussNewtonCases.block(), "first")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "first", "second")
                .addLayer("readout", readout(), "sum")
                .addLayer("out", lossLayer(), "readout")
                .setOutputs("out")
                .build();
        assertThatThrownBy(() -> GaussNewtonSpan.prepare(fanOut)).hasMessageContaining("'sum'");
        ComputationGraphConfiguration twoHeads = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new GaussNewton(0.5))
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", GaussNewtonCases.block(), "in")
                .addLayer("readout", readout(), "first")
                .addLayer("out", lossLayer(), "readout")
                .addLayer("other", new DenseLayer.Builder().nIn(8).nOut(8).build(), "first")
                .allowDisconnected(true)
                .setOutputs("out")
                .build();
        assertThatThrownBy(() -> GaussNewtonSpan.prepare(twoHeads)).hasMessageContaining("'first' feeds");
    }

    @Test
    void oddWidthsAreRefusedWhenTheNetworkIsBuilt() {
        assertThatThrownBy(() -> RevMlp.builder().nIn(7).nOut(3).build()).hasMessageContaining("even");
        MultiLayerConfiguration odd = new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ReversibleCouplingLayer.Builder()
                        .nIn(7)
                        .hiddenSize(3)
                        .build())
                .build();
        assertThatThrownBy(() -> new MultiLayerNetwork(odd).init()).hasMessageContaining("7 but must be even");
    }

    @Test
    void networksThatWereNotPreparedAreRefusedAtTheFirstBatch() {
        MultiLayerNetwork network = new MultiLayerNetwork(stacked(GaussNewtonCases.block(), readout(), lossLayer()));
        network.init();
        assertUnchanged(network, GaussNewtonCases.classes(5, DataType.DOUBLE, 1), "GaussNewtonSpan.prepare");
    }

    @Test
    void strictNetworksRefuseBatchesThatAreTooLarge() {
        MultiLayerNetwork strict = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(GaussNewton.builder().strict(true).build())
                        .build());
        strict.fit(GaussNewtonCases.classes(25, DataType.DOUBLE, 1));
        assertUnchanged(strict, GaussNewtonCases.classes(26, DataType.DOUBLE, 1), "26 examples exceeds the 25 columns");
        MultiLayerNetwork lenient = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton()).build());
        lenient.fit(GaussNewtonCases.classes(26, DataType.DOUBLE, 1));
        assertThatMatrix(lenient.params()).isFinite();
    }

    @Test
    void dataThatIsNotFiniteIsRefused() {
        MultiLayerNetwork network = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton()).build());
        DataSet data = GaussNewtonCases.classes(5, DataType.DOUBLE, 1);
        data.getFeatures().putScalar(2, 3, Double.NaN);
        assertUnchanged(network, data, "NaN");
    }

    @Test
    void aStepThatIsNotFiniteIsRefused() {
        MultiLayerNetwork network = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton(Double.MAX_VALUE)).build());
        assertUnchanged(network, GaussNewtonCases.classes(5, DataType.DOUBLE, 1), "smaller alpha");
    }

    @Test
    void masksOfSingleOutputsAreRefused() {
        MultiLayerNetwork network = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton()).build());
        DataSet data = GaussNewtonCases.classes(5, DataType.DOUBLE, 1);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 5, 3);
        mask.putScalar(2, 1, 0);
        data.setLabelsMaskArray(mask);
        assertUnchanged(network, data, "outputs of example 2");
    }

    @Test
    void frozenLayersBelowStayAsTheyAre() {
        DenseLayer dense = new DenseLayer.Builder().nIn(8).nOut(8).build();
        for (Layer frozen : List.of(new FrozenLayer(dense), new FrozenLayerWithBackprop(dense.clone()))) {
            MultiLayerNetwork network = ReversibleLayersTest.network(
                    GaussNewtonSpan.prepare(stacked(frozen, GaussNewtonCases.block(), readout(), lossLayer())));
            INDArray below = network.getLayer(0).params().dup();
            INDArray trained = network.getParam("1_Wf").dup();
            network.fit(GaussNewtonCases.classes(5, DataType.DOUBLE, 1));
            assertThatMatrix(network.getLayer(0).params()).isBitEqualTo(below);
            assertThat(network.getParam("1_Wf").distance2(trained)).isPositive();
        }
    }

    private static void assertUnchanged(MultiLayerNetwork network, DataSet data, String message) {
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> network.fit(data)).hasMessageContaining(message);
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    static Stream<Arguments> arguments() {
        return Stream.of(
                call("alpha", () -> new GaussNewton(0)),
                call("alpha", () -> new GaussNewton(Double.NaN)),
                call("relative tolerance", () -> GaussNewton.builder().truncated(0, 0)),
                call("absolute tolerance", () -> GaussNewton.builder().truncated(0.1, -1)),
                call("lambda", () -> GaussNewton.builder().damped(0)),
                call("fraction", () -> GaussNewton.builder().relativelyDamped(-1)),
                call("block weights", () -> GaussNewton.builder().blockWeights(0.5, 0.6)),
                call("norm", () -> GaussNewton.builder().maxStepNorm(0)),
                call("loss is", () -> new GaussNewtonLoss(new LossMAE())),
                call("with weights", () -> new GaussNewtonLoss(new LossMCXENT(Nd4j.ones(3)))),
                call("damping", () -> GaussNewtonLoss.damped(new LossMCXENT(), 0)),
                call("m is -1", () -> new ReversibleCouplingLayer.Builder().hiddenSize(-1)),
                call(
                        "nIn is 4 and nOut 6",
                        () -> new ReversibleCouplingLayer.Builder()
                                .nIn(4)
                                .nOut(6)
                                .build()),
                call("seed is 0", () -> RevMlp.builder().seed(0)),
                call("number of blocks", () -> new ReversibleStack.Builder().blocks(0)),
                call("interval", () -> new ReversibleStack.Builder().checkpointEvery(-1)),
                call(
                        "nOut is 9",
                        () -> new TrainableReadout.Builder().nIn(8).nOut(9).build()),
                call("number of outputs", () -> RevMlp.builder().nIn(8).build()));
    }

    private static Arguments call(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("arguments")
    void argumentsAreChecked(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void updatersDifferByEveryField() {
        assertThat(List.of(
                        new GaussNewton(),
                        new GaussNewton(0.5),
                        GaussNewton.builder().truncated(0.1, 1e-5).build(),
                        GaussNewton.builder().truncated(0.01, 1e-4).build(),
                        GaussNewton.builder().damped(0.1).build(),
                        GaussNewton.builder().relativelyDamped(0.1).build(),
                        GaussNewton.builder().blockWeights(1).build(),
                        GaussNewton.builder().maxStepNorm(1).build(),
                        GaussNewton.builder().strict(true).build(),
                        new GaussNewton().forLayer(0.5)))
                .doesNotHaveDuplicates()
                .allSatisfy(updater ->
                        assertThat(updater.clone()).isEqualTo(updater).hasSameHashCodeAs(updater));
    }
}
