/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import io.github.dl4jcurvature.linalg.QrDecomposition;
import io.github.dl4jcurvature.testkit.FiniteDifferences;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Kernels, alignments and reports of steps. */
class DiagnosticsTest {

    static Stream<GoldenCase> steps() {
        return GoldenCases.in("gn").matching("g*");
    }

    /** The recorded Jacobian of the outputs, of which one network after the other is rebuilt in the host. */
    @ParameterizedTest
    @MethodSource("steps")
    void kernelsAreProductsOfRecordedJacobians(GoldenCase recorded) {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                recorded.has(recorded.name() + "_J"), "recorded Jacobians are not here");
        RecordedStep step = new RecordedStep(recorded);
        INDArray jacobian = recorded.array(recorded.name() + "_J");
        NeuralTangentKernel kernel = NeuralTangentKernel.of(host(recorded, step), step.array("X"));
        assertThatMatrix(kernel.exact()).isWithinRelativeFrobenius(jacobian.mmul(jacobian.transpose()), 1e-11);
    }

    private static MultiLayerNetwork host(GoldenCase recorded, RecordedStep step) {
        boolean hasBias = recorded.json().get("bias").asBoolean();
        int hidden =
                recorded.json().get("m").isNull() ? 0 : recorded.json().get("m").asInt();
        int d = recorded.json().get("d").asInt();
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Sgd())
                .list();
        for (int l = 0; l < step.blocks.size(); l++) {
            String activation =
                    recorded.json().get("blocks").get(l).get("activation").asText();
            list.layer(new ReversibleCouplingLayer.Builder()
                    .nIn(d)
                    .hiddenSize(hidden)
                    .hasBias(hasBias)
                    .activation(Activation.valueOf(activation.toUpperCase(java.util.Locale.ROOT)))
                    .build());
        }
        INDArray readout = step.readout();
        if (readout != null) {
            list.layer(new OrthonormalReadout.Builder()
                    .nIn(d)
                    .nOut(readout.size(1))
                    .build());
        }
        MultiLayerNetwork network = ReversibleLayersTest.network(list.layer(new LossLayer.Builder()
                        .lossFunction(new LossMSE())
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        network.paramTable().forEach((name, parameter) -> {
            int l = name.charAt(0) - '0';
            INDArray values = l == step.blocks.size() ? readout : step.array(l, name.substring(2));
            parameter.assign(values.reshape(parameter.shape()));
        });
        return network;
    }

    private static MultiLayerNetwork convolutional() {
        return ReversibleLayersTest.network(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .l2(0.1)
                .updater(new Sgd(0.5))
                .list()
                .layer(new ConvolutionLayer.Builder(2, 2).nOut(2).dropOut(0.5).build())
                .layer(new DenseLayer.Builder().nOut(4).build())
                .layer(new OutputLayer.Builder(new LossMCXENT())
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(3, 3, 1))
                .build());
    }

    private static INDArray images(int n) {
        return GaussNewtonCases.normal(n, 9, DataType.DOUBLE, new SplittableRandom(4))
                .reshape('c', n, 1, 3, 3);
    }

    @Test
    void kernelsOfOtherNetworksAgreeWithDifferencesOfTheirOutputs() {
        MultiLayerNetwork network = convolutional();
        INDArray images = images(3);
        NeuralTangentKernel kernel = NeuralTangentKernel.of(network, images);
        INDArray parameters = network.params().dup();
        INDArray jacobian = FiniteDifferences.jacobian(
                p -> {
                    network.setParams(p.reshape(parameters.shape()));
                    List<INDArray> activations = network.feedForward(images, false);
                    INDArray hidden = activations.get(activations.size() - 2);
                    INDArray o = hidden.mmul(network.getParam("2_W")).addiRowVector(network.getParam("2_b"));
                    return o.dup('c').reshape('c', new long[] {o.length()});
                },
                parameters.dup().reshape(new long[] {parameters.length()}));
        INDArray exact = kernel.exact();
        assertThatMatrix(exact).isWithinRelativeFrobenius(jacobian.mmul(jacobian.transpose()), 1e-7);
        INDArray v = GaussNewtonCases.normal(3, 3, DataType.DOUBLE, new SplittableRandom(5));
        assertThatMatrix(kernel.multiply(v).reshape('c', 9, 1))
                .isWithinRelativeFrobenius(exact.mmul(v.dup('c').reshape('c', 9, 1)), 1e-6);
    }

    @Test
    void snapshotsDoNotFollowTrainingAndEstimatesAgreeWithExactAlignments() {
        MultiLayerNetwork network = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton(0.5)).build());
        DataSet data = GaussNewtonCases.classes(12, DataType.DOUBLE, 3);
        NeuralTangentKernel before = NeuralTangentKernel.of(network, data.getFeatures());
        INDArray exactBefore = before.exact();
        for (int step = 0; step < 10; step++) {
            network.fit(data);
        }
        NeuralTangentKernel after = NeuralTangentKernel.of(network, data.getFeatures());
        assertThatMatrix(before.exact()).isBitEqualTo(exactBefore);
        double exact = NeuralTangentKernel.alignment(exactBefore, after.exact());
        assertThat(exact).isBetween(0.05, 0.99);
        assertThat(NeuralTangentKernel.alignment(exactBefore, exactBefore)).isCloseTo(1, within(1e-12));
        assertThat(before.alignment(after, 400, 1)).isCloseTo(exact, within(0.06));
        assertThat(before.alignment(before, 5, 1)).isCloseTo(1, within(1e-6));
    }

    /** A hundred products of which each left the parameters moved by 1e-6 of their norm would have moved them by 1e-4 of it. */
    @Test
    void productsLeaveTheKernelWhereItWasAndAreLinear() {
        NeuralTangentKernel kernel = NeuralTangentKernel.of(convolutional(), images(2));
        INDArray exact = kernel.exact();
        INDArray v = GaussNewtonCases.normal(2, 3, DataType.DOUBLE, new SplittableRandom(5));
        INDArray product = exact.mmul(v.dup('c').reshape('c', 6, 1)).reshape('c', 2, 3);
        for (int i = 0; i < 100; i++) {
            kernel.multiply(v);
        }
        assertThatMatrix(kernel.exact()).isWithinRelativeFrobenius(exact, 1e-10);
        for (double size : new double[] {1e-6, 1e6}) {
            assertThatMatrix(kernel.multiply(v.mul(size)).div(size)).isWithinRelativeFrobenius(product, 1e-6);
        }
        assertThatMatrix(kernel.multiply(v.mul(0))).isBitEqualTo(Nd4j.zeros(DataType.DOUBLE, 2, 3));
    }

    /** With two numbers there are two sign vectors up to sign: an estimate of one draw is that of either. */
    @Test
    void oneDrawIsOneSignVector() {
        MultiLayerNetwork network = ReversibleLayersTest.network(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(new Sgd(0.5))
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new OutputLayer.Builder(new LossMSE())
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        INDArray x = GaussNewtonCases.normal(2, 3, DataType.DOUBLE, new SplittableRandom(1));
        NeuralTangentKernel one = NeuralTangentKernel.of(network, x);
        network.setParams(
                GaussNewtonCases.normal(1, (int) network.numParams(), DataType.DOUBLE, new SplittableRandom(2)));
        NeuralTangentKernel other = NeuralTangentKernel.of(network, x);
        double same = cosine(one.exact(), other.exact(), 1);
        double opposite = cosine(one.exact(), other.exact(), -1);
        assertThat(Math.abs(same - opposite)).isGreaterThan(1e-2);
        for (long seed = 1; seed <= 8; seed++) {
            double estimate = one.alignment(other, 1, seed);
            assertThat(Math.min(Math.abs(estimate - same), Math.abs(estimate - opposite)))
                    .isLessThan(1e-6);
        }
        assertThatThrownBy(() -> one.alignment(other, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("draws is 0 but must be at least 1");
    }

    /** Of K v and L v with v = (1, sign). */
    private static double cosine(INDArray k, INDArray l, double sign) {
        double[] kv = {k.getDouble(0, 0) + sign * k.getDouble(0, 1), k.getDouble(1, 0) + sign * k.getDouble(1, 1)};
        double[] lv = {l.getDouble(0, 0) + sign * l.getDouble(0, 1), l.getDouble(1, 0) + sign * l.getDouble(1, 1)};
        return (kv[0] * lv[0] + kv[1] * lv[1]) / Math.hypot(kv[0], kv[1]) / Math.hypot(lv[0], lv[1]);
    }

    @Test
    void kernelsWithoutNormHaveNoAlignment() {
        INDArray ones = Nd4j.ones(DataType.DOUBLE, 2, 2);
        assertThatThrownBy(() -> NeuralTangentKernel.alignment(ones, ones.mul(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("norm 0");
    }

    @Test
    void kernelsOfGraphsEqualThoseOfLayers() {
        MultiLayerNetwork layers = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton(0.5)).build());
        ComputationGraph graph = new ComputationGraph(GaussNewtonCases.graph(new GaussNewton(0.5), DataType.DOUBLE));
        graph.init();
        graph.setParams(layers.params());
        INDArray x = GaussNewtonCases.classes(4, DataType.DOUBLE, 3).getFeatures();
        assertThatMatrix(NeuralTangentKernel.of(graph, x).exact())
                .isWithinRelativeFrobenius(NeuralTangentKernel.of(layers, x).exact(), 1e-12);
    }

    @Test
    void alignmentOfRepresentationsIgnoresRotationScaleAndShift() {
        SplittableRandom random = new SplittableRandom(6);
        INDArray x = GaussNewtonCases.normal(20, 6, DataType.DOUBLE, random);
        INDArray rotation = QrDecomposition.of(GaussNewtonCases.normal(6, 6, DataType.DOUBLE, random))
                .q();
        INDArray other = GaussNewtonCases.normal(20, 30, DataType.DOUBLE, random);
        assertThat(CentredKernelAlignment.linear(x, x)).isCloseTo(1, within(1e-12));
        assertThat(CentredKernelAlignment.linear(x, x.mmul(rotation).mul(3).add(7)))
                .isCloseTo(1, within(1e-12));
        double expected = byDefinition(x, other);
        assertThat(CentredKernelAlignment.linear(x, other))
                .isCloseTo(expected, within(1e-12))
                .isCloseTo(CentredKernelAlignment.linear(other, x), within(1e-12));
        assertThat(expected).isLessThan(0.9);
        assertThatThrownBy(() -> CentredKernelAlignment.linear(Nd4j.ones(DataType.DOUBLE, 4, 2), x))
                .hasMessageContaining("same examples");
        assertThatThrownBy(() -> CentredKernelAlignment.linear(Nd4j.ones(DataType.DOUBLE, 20, 2), x))
                .hasMessageContaining("same for all examples");
    }

    /** Two centred vectors of two examples are parallel. */
    @Test
    void twoExamplesAreEnoughAndOneIsNot() {
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, -1}});
        INDArray y = Nd4j.createFromArray(new double[][] {{0.5}, {0.2}});
        assertThat(CentredKernelAlignment.linear(x, y)).isCloseTo(1, within(1e-12));
        assertThatThrownBy(() -> CentredKernelAlignment.linear(x.getRow(0, true), y.getRow(0, true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 2");
    }

    /** Activations whose deviations are below 1e-12 of their size are those of rounding. */
    @Test
    void representationsThatDifferByRoundingAreRefused() {
        INDArray other = GaussNewtonCases.normal(20, 3, DataType.DOUBLE, new SplittableRandom(6));
        for (double size : new double[] {1e-6, 1, 1e6}) {
            INDArray rounded = Nd4j.valueArrayOf(new long[] {20, 30}, size, DataType.DOUBLE);
            INDArray different = rounded.dup();
            for (int i = 0; i < 20; i++) {
                for (int j = 0; j < 30; j++) {
                    double sign = (i + j) % 2 == 0 ? 1 : -1;
                    rounded.putScalar(i, j, size * (1 + 0.5e-12 * sign));
                    different.putScalar(i, j, size * (1 + 2e-12 * sign));
                }
            }
            assertThatThrownBy(() -> CentredKernelAlignment.linear(other, rounded))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("y is the same for all examples");
            assertThat(CentredKernelAlignment.linear(other, different)).isBetween(0.0, 1.0);
        }
    }

    @Test
    void networksOfDifferentDepthsAreRefused() {
        MultiLayerNetwork shallow = ReversibleLayersTest.network(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.5))
                .list()
                .layer(new OutputLayer.Builder(new LossMSE())
                        .nIn(9)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.convolutional(3, 3, 1))
                .build());
        assertThatThrownBy(() -> CentredKernelAlignment.ofLayers(convolutional(), shallow, images(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("networks have 3 and 1 layers");
    }

    private static double byDefinition(INDArray x, INDArray y) {
        long n = x.size(0);
        INDArray h = Nd4j.eye(n).castTo(DataType.DOUBLE).sub(1.0 / n);
        INDArray k = h.mmul(x.mmul(x.transpose())).mmul(h);
        INDArray l = h.mmul(y.mmul(y.transpose())).mmul(h);
        return NeuralTangentKernel.alignment(k, l);
    }

    @Test
    void layersOfANetworkAlignWithThemselves() {
        MultiLayerNetwork network = convolutional();
        MultiLayerNetwork trained = network.clone();
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 8, 3);
        labels.getColumn(1).assign(1);
        for (int step = 0; step < 20; step++) {
            trained.fit(images(8), labels);
        }
        assertThat(CentredKernelAlignment.ofLayers(network, network, images(8)))
                .allSatisfy(a -> assertThat(a).isCloseTo(1, within(1e-12)));
        assertThat(CentredKernelAlignment.ofLayers(network, trained, images(8)))
                .hasSize(3)
                .anySatisfy(a -> assertThat(a).isLessThan(0.99));
    }

    @Test
    void verticesOfAGraphAlignLikeTheLayersOfANetwork() {
        MultiLayerNetwork layers = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton(0.5)).build());
        ComputationGraph graph = new ComputationGraph(GaussNewtonCases.graph(new GaussNewton(0.5), DataType.DOUBLE));
        graph.init();
        graph.setParams(layers.params());
        ComputationGraph trained = graph.clone();
        MultiLayerNetwork trainedLayers = layers.clone();
        DataSet data = GaussNewtonCases.classes(10, DataType.DOUBLE, 3);
        trained.fit(data);
        trainedLayers.fit(data);
        List<Double> expected = CentredKernelAlignment.ofLayers(layers, trainedLayers, data.getFeatures());
        Map<String, Double> actual = CentredKernelAlignment.ofVertices(graph, trained, data.getFeatures());
        assertThat(actual).containsOnlyKeys("first", "second", "readout", "out");
        assertThat(actual.get("second")).isCloseTo(expected.get(1), within(1e-9));
        assertThat(actual.get("out")).isCloseTo(expected.get(3), within(1e-9)).isLessThan(0.999);
    }

    @Test
    void weightChangesAreGivenByName() {
        INDArray before = Nd4j.createFromArray(3.0, 4.0);
        INDArray after = Nd4j.createFromArray(4.0, -3.0);
        WeightChange change = WeightChange.of(before, after);
        assertThat(change.relativeChange()).isCloseTo(Math.sqrt(2), within(1e-12));
        assertThat(change.normRatio()).isCloseTo(1, within(1e-12));
        assertThat(change.cosine()).isCloseTo(0, within(1e-12));
        WeightChange longer = WeightChange.of(before, Nd4j.createFromArray(8.0, 6.0));
        assertThat(longer.relativeChange()).isCloseTo(Math.sqrt(29) / 5, within(1e-12));
        assertThat(longer.normRatio()).isCloseTo(2, within(1e-12));
        assertThat(longer.cosine()).isCloseTo(0.96, within(1e-12));
        assertThat(WeightChange.of(before, before.mul(0))).isEqualTo(new WeightChange(1, 0, 0));
        Map<String, INDArray> table = Map.of("0_W", before, "0_b", before.mul(0));
        assertThat(WeightChange.of(table, Map.of("0_W", after, "0_b", after))).containsOnlyKeys("0_W");
        assertThatThrownBy(() -> WeightChange.of(table, Map.of("0_b", after))).hasMessageContaining("0_W");
        assertThatThrownBy(() -> WeightChange.of(before.mul(0), after)).hasMessageContaining("positive");
    }

    @Test
    void reportsPredictTheLossOfSmallStepsAndDoNotDisturbTraining() {
        GaussNewton updater =
                GaussNewton.builder().alpha(1e-3).truncated(1e-7, 0).build();
        DataSet data = GaussNewtonCases.classes(10, DataType.DOUBLE, 3);
        for (RevMlp.Builder builder : List.of(
                GaussNewtonCases.classifier(updater),
                GaussNewtonCases.classifier(updater).residual(ResidualMode.IDENTITY),
                GaussNewtonCases.classifier(updater).loss(new LossMSE()).dampedResidual(0.5))) {
            MultiLayerNetwork network = ReversibleLayersTest.network(builder.build());
            MultiLayerNetwork undisturbed = network.clone();
            List<StepReport> reports = new ArrayList<>();
            network.setListeners(new GaussNewtonListener(reports::add));
            for (int step = 0; step < 3; step++) {
                network.fit(data);
                undisturbed.fit(data);
            }
            assertThatMatrix(network.params()).isBitEqualTo(undisturbed.params());
            assertThat(reports).hasSize(3).allSatisfy(report -> {
                assertThat(report.blocks()).hasSize(2);
                assertThat(report.blocks().get(0).rank()).isEqualTo(10);
                assertThat(report.blocks().get(0).residual()).isLessThan(1e-8);
                assertThat(report.gainRatio()).isCloseTo(1, within(0.05));
                assertThat(report.percentChange()).isNegative();
            });
            assertThat(reports.get(1).lossBefore()).isCloseTo(reports.get(0).lossAfter(), within(1e-12));
        }
    }

    @Test
    void dampingFollowsTheGainRatioAndSurvivesSaving() throws IOException {
        Map<Integer, Double> damping = new HashMap<>();
        MultiLayerNetwork network = ReversibleLayersTest.network(GaussNewtonCases.classifier(
                        GaussNewton.builder().alpha(0.02).truncated(1e-7, 0).build())
                .build());
        network.setListeners(GaussNewtonListener.adaptingDamping(
                report -> damping.put(report.iteration(), report.damping()), 0.01, 10));
        DataSet data = GaussNewtonCases.classes(10, DataType.DOUBLE, 3);
        for (int step = 0; step < 3; step++) {
            network.fit(data);
        }
        assertThat(damping.values()).contains(0.1, 0.1 / 1.5);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true);
        restored.setListeners(GaussNewtonListener.adaptingDamping(report -> {}, 0.01, 10));
        for (int step = 0; step < 3; step++) {
            network.fit(data);
            restored.fit(data);
        }
        assertThatMatrix(restored.params()).isBitEqualTo(network.params());
    }

    @Test
    void tooLongStepsRaiseTheDamping() {
        List<Double> damping = new ArrayList<>();
        MultiLayerNetwork network = ReversibleLayersTest.network(GaussNewtonCases.classifier(
                        GaussNewton.builder().alpha(1).truncated(1e-7, 0).build())
                .dampedResidual(1e-4)
                .build());
        network.setListeners(GaussNewtonListener.adaptingDamping(report -> damping.add(report.damping()), 1e-5, 10));
        for (int step = 0; step < 2; step++) {
            network.fit(GaussNewtonCases.classes(10, DataType.DOUBLE, 3));
        }
        assertThat(damping.get(1)).isCloseTo(1.5 * damping.get(0), within(1e-12));
    }

    @Test
    void unsuitableNetworksAreRefused() {
        MultiLayerNetwork network = convolutional();
        network.setListeners(new GaussNewtonListener());
        assertThatThrownBy(() -> network.fit(images(2), Nd4j.zeros(DataType.DOUBLE, 2, 3)))
                .hasMessageContaining("GaussNewtonLoss");
        assertThatThrownBy(() -> GaussNewtonListener.adaptingDamping(report -> {}, 0, 1))
                .hasMessageContaining("positive");
        MultiLayerNetwork identity = ReversibleLayersTest.network(GaussNewtonCases.classifier(new GaussNewton())
                .residual(ResidualMode.IDENTITY)
                .build());
        identity.setListeners(GaussNewtonListener.adaptingDamping(report -> {}, 0.1, 1));
        assertThatThrownBy(() -> identity.fit(GaussNewtonCases.classes(4, DataType.DOUBLE, 3)))
                .hasMessageContaining("damping to adapt");
    }
}
