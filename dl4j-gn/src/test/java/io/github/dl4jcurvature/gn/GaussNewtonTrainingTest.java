/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Gauss-Newton steps inside the host's {@code fit}. */
class GaussNewtonTrainingTest {

    /** Near the solution the outputs move by half the residual, so that squared errors fall to a quarter. */
    @Test
    void squaredErrorsFallToAQuarterWithHalfSteps() {
        GaussNewton updater =
                GaussNewton.builder().alpha(0.5).truncated(1e-7, 0).build();
        MultiLayerNetwork network = ReversibleLayersTest.network(
                GaussNewtonCases.regression(updater).build());
        DataSet data = GaussNewtonCases.targets(12, 1);
        data.setLabels(data.getLabels().mul(1e-3).addi(network.output(data.getFeatures())));
        double previous = network.score(data);
        for (int step = 0; step < 8; step++) {
            network.fit(data);
            double score = network.score(data);
            assertThat(score / previous).as("step %d", step).isCloseTo(0.25, within(0.01));
            previous = score;
        }
    }

    /** A small step of the whole network, layer kinds and all, moves its outputs by the residual times alpha. */
    @ParameterizedTest
    @CsvSource({"8, 8, false, 0", "6, 8, false, 0", "6, 8, true, 0", "8, 8, true, 0", "6, 8, true, 1"})
    void outputsMoveByTheResidual(int inputs, int width, boolean trainedReadout, int stacked) {
        double alpha = 1e-6;
        RevMlp.Builder builder = RevMlp.builder()
                .nIn(inputs)
                .nOut(3)
                .width(width)
                .blocks(3)
                .hiddenSize(24)
                .activation(Activation.TANH)
                .loss(new LossMSE())
                .trainableReadout(trainedReadout)
                .updater(GaussNewton.builder().alpha(alpha).truncated(1e-7, 0).build());
        MultiLayerNetwork network = ReversibleLayersTest.network((stacked > 0 ? builder.stacked(0) : builder).build());
        DataSet data = GaussNewtonCases.classes(7, DataType.DOUBLE, 2);
        INDArray x = data.getFeatures()
                .get(
                        org.nd4j.linalg.indexing.NDArrayIndex.all(),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(0, inputs))
                .dup();
        INDArray before = network.output(x);
        INDArray residual = before.sub(data.getLabels());
        network.fit(x, data.getLabels());
        INDArray moved = network.output(x).sub(before).divi(-alpha);
        assertThatMatrix(moved).isWithinRelativeFrobenius(residual, 1e-4);
    }

    @Test
    void aStackTakesTheStepsOfItsBlocksInLayers() {
        GaussNewton updater = GaussNewton.builder()
                .alpha(0.5)
                .blockWeights(0.1, 0.6, 0.1, 0.2)
                .build();
        MultiLayerNetwork layers = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(updater).blocks(4).build());
        MultiLayerNetwork stack = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(updater).blocks(4).stacked(0).build());
        ReversibleLayersTest.copy(layers, stack, 4);
        DataSet data = GaussNewtonCases.classes(20, DataType.DOUBLE, 3);
        for (int step = 0; step < 5; step++) {
            layers.fit(data);
            stack.fit(data);
        }
        for (int l = 0; l < 4; l++) {
            for (String name : List.of("Wf", "bf", "Wg", "bg")) {
                assertThatMatrix(stack.getParam("0_" + name + l))
                        .isWithinRelativeFrobenius(layers.getParam(l + "_" + name), 1e-8);
            }
        }
    }

    @Test
    void theHostsMinibatchFlagDoesNotMatter() {
        MultiLayerConfiguration mean =
                GaussNewtonCases.classifier(new GaussNewton(0.5)).build();
        MultiLayerConfiguration sum = mean.clone();
        sum.getConfs().forEach(layer -> layer.setMiniBatch(false));
        MultiLayerNetwork one = ReversibleLayersTest.network(mean);
        MultiLayerNetwork other = ReversibleLayersTest.network(sum);
        DataSet data = GaussNewtonCases.classes(10, DataType.DOUBLE, 3);
        one.fit(data);
        other.fit(data);
        assertThatMatrix(other.params()).isBitEqualTo(one.params());
    }

    @ParameterizedTest
    @EnumSource(names = {"DOUBLE", "FLOAT"})
    void graphsFollowMultiLayerNetworks(DataType type) {
        MultiLayerNetwork layers = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton(0.5)).dataType(type).build());
        ComputationGraph graph = new ComputationGraph(GaussNewtonCases.graph(new GaussNewton(0.5), type));
        graph.init();
        graph.setParams(layers.params());
        DataSet data = GaussNewtonCases.classes(10, type, 3);
        for (int step = 0; step < 5; step++) {
            layers.fit(data);
            graph.fit(data);
        }
        assertThatMatrix(graph.params())
                .isWithinRelativeFrobenius(layers.params(), type == DataType.DOUBLE ? 1e-12 : 1e-5);
        assertThat(layers.score(data)).isLessThan(0.5 * 1.0986);
    }

    @ParameterizedTest
    @CsvSource({"false, DOUBLE, 0", "false, FLOAT, 0", "true, DOUBLE, 0", "true, FLOAT, 0", "false, DOUBLE, 2"})
    void restoredNetworksGoOnBitIdentically(boolean asGraph, DataType type, int checkpointEvery) throws IOException {
        GaussNewton updater = GaussNewton.builder()
                .alpha(new ExponentialSchedule(ScheduleType.ITERATION, 0.8, 0.9))
                .build();
        Model uninterrupted = model(asGraph, type, checkpointEvery, updater);
        DataSet data = GaussNewtonCases.classes(10, type, 3);
        fit(uninterrupted, data, 3);
        Model restored = restored(uninterrupted);
        fit(uninterrupted, data, 4);
        fit(restored, data, 4);
        assertThatMatrix(restored.params()).isBitEqualTo(uninterrupted.params());
        assertThatMatrix(copy(restored).params()).isBitEqualTo(uninterrupted.params());
    }

    private static Model model(boolean asGraph, DataType type, int checkpointEvery, GaussNewton updater) {
        Model model = asGraph
                ? new ComputationGraph(GaussNewtonCases.graph(updater, type))
                : new MultiLayerNetwork((checkpointEvery > 0
                                ? GaussNewtonCases.classifier(updater).blocks(5).stacked(checkpointEvery)
                                : GaussNewtonCases.classifier(updater))
                        .dataType(type)
                        .build());
        model.init();
        return model;
    }

    private static void fit(Model model, DataSet data, int steps) {
        for (int step = 0; step < steps; step++) {
            if (model instanceof ComputationGraph graph) {
                graph.fit(data);
            } else {
                ((MultiLayerNetwork) model).fit(data);
            }
        }
    }

    private static Model copy(Model model) {
        return model instanceof ComputationGraph graph ? graph.clone() : ((MultiLayerNetwork) model).clone();
    }

    private static Model restored(Model model) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(model, bytes, true);
        ByteArrayInputStream input = new ByteArrayInputStream(bytes.toByteArray());
        return model instanceof ComputationGraph
                ? ModelSerializer.restoreComputationGraph(input, true)
                : ModelSerializer.restoreMultiLayerNetwork(input, true);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e3})
    void longStepsAreShortenedAndShortOnesAreNot(double bound) {
        MultiLayerNetwork free = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton(0.5)).build());
        MultiLayerNetwork bounded = ReversibleLayersTest.network(GaussNewtonCases.classifier(
                        GaussNewton.builder().alpha(0.5).maxStepNorm(bound).build())
                .build());
        INDArray before = bounded.getLayer(0).params().dup();
        DataSet data = GaussNewtonCases.classes(10, DataType.DOUBLE, 3);
        free.fit(data);
        bounded.fit(data);
        double step = bounded.getLayer(0).params().distance2(before);
        double longest = free.getLayer(0).params().distance2(before);
        assertThat(step).isCloseTo(Math.min(bound, longest), within(1e-9 * longest));
    }

    @Test
    void clippingActsOnTheRawStep() {
        NeuralNetConfiguration.Builder clipping = settings()
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.01);
        MultiLayerNetwork clipped = network(clipping);
        INDArray before = clipped.getLayer(0).params().dup();
        clipped.fit(GaussNewtonCases.classes(10, DataType.DOUBLE, 3));
        // raw steps of length 0.01, times alpha, times 1/L
        assertThat(clipped.getLayer(0).params().distance2(before)).isCloseTo(0.01 * 0.5 / 2, within(1e-9));
    }

    /** L2 is added before the step is scaled by alpha/L, weight decay afterwards and scaled by alpha. */
    @Test
    void regularisationShrinksWeightsButNotFixedMatrices() {
        MultiLayerNetwork plain = network(settings());
        MultiLayerNetwork l2 = network(settings().l2(0.2));
        MultiLayerNetwork decay = network(settings().weightDecay(0.2));
        List<Regularization> both =
                ((BaseLayer) decay.getLayer(0).conf().getLayer()).getRegularization(); // the host adds it twice
        INDArray start = plain.getParam("0_Wf").dup();
        DataSet data = GaussNewtonCases.classes(10, DataType.DOUBLE, 3);
        for (MultiLayerNetwork network : List.of(plain, l2, decay)) {
            network.fit(data);
        }
        assertThatMatrix(plain.getParam("0_Wf").sub(l2.getParam("0_Wf")))
                .isWithinRelativeFrobenius(start.mul(0.5 / 2 * 0.2), 1e-9);
        assertThatMatrix(plain.getParam("0_Wf").sub(decay.getParam("0_Wf")))
                .isWithinRelativeFrobenius(start.mul(0.5 * 0.2 * both.size()), 1e-9);
        assertThatMatrix(l2.getParam("0_Vf")).isBitEqualTo(plain.getParam("0_Vf"));
        assertThatMatrix(decay.getParam("0_Vf")).isBitEqualTo(plain.getParam("0_Vf"));
    }

    private static NeuralNetConfiguration.Builder settings() {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DataType.DOUBLE)
                .updater(new GaussNewton(0.5))
                .activation(Activation.TANH);
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder settings) {
        return ReversibleLayersTest.network(GaussNewtonSpan.prepare(settings.list()
                .layer(GaussNewtonCases.block())
                .layer(GaussNewtonCases.block())
                .layer(new OrthonormalReadout.Builder().nIn(8).nOut(3).build())
                .layer(GaussNewtonMisuseTest.lossLayer())
                .build()));
    }

    @Test
    void sigmoidOutputsAreTrained() {
        MultiLayerNetwork network = ReversibleLayersTest.network(GaussNewtonCases.classifier(new GaussNewton(0.5))
                .loss(new LossBinaryXENT())
                .build());
        DataSet data = GaussNewtonCases.classes(15, DataType.DOUBLE, 3);
        double before = network.score(data);
        for (int step = 0; step < 15; step++) {
            network.fit(data);
        }
        assertThat(network.score(data)).isLessThan(before / 2);
    }

    @Test
    void maskedExamplesHaveNoSayInTheLoss() {
        MultiLayerNetwork network = ReversibleLayersTest.network(GaussNewtonCases.regression(
                        GaussNewton.builder().alpha(1e-6).truncated(1e-7, 0).build())
                .build());
        DataSet data = GaussNewtonCases.targets(6, 1);
        INDArray mask = org.nd4j.linalg.factory.Nd4j.ones(DataType.DOUBLE, 6, 1);
        mask.putScalar(2, 0, 0);
        INDArray before = network.output(data.getFeatures());
        network.fit(new DataSet(data.getFeatures(), data.getLabels(), null, mask));
        INDArray moved = network.output(data.getFeatures()).sub(before);
        assertThat(moved.getRow(2).norm2Number().doubleValue()).isLessThan(1e-10);
        assertThat(moved.getRow(1).norm2Number().doubleValue()).isGreaterThan(1e-7);
    }

    @Test
    void oneExampleAndSmallerLastBatchesWork() {
        MultiLayerNetwork network = ReversibleLayersTest.network(
                GaussNewtonCases.classifier(new GaussNewton(0.5)).build());
        for (int n : new int[] {1, 10, 3}) {
            network.fit(GaussNewtonCases.classes(n, DataType.DOUBLE, n));
            assertThatMatrix(network.params()).isFinite();
        }
    }

    @Test
    void learningRateOfAdamAndGaussNewtonIsShownByTheHost() {
        assertThat(ReversibleLayersTest.network(GaussNewtonCases.classifier(new GaussNewton(0.25))
                                .build())
                        .getLearningRate(0))
                .isEqualTo(0.25);
        assertThat(ReversibleLayersTest.network(
                                GaussNewtonCases.classifier(new Adam(0.125)).build())
                        .getLearningRate(0))
                .isEqualTo(0.125);
    }
}
