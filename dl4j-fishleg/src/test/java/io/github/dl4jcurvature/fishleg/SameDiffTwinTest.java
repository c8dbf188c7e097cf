/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A graph of dense layers takes the steps of the same network of layers. */
class SameDiffTwinTest {
    private static final int ITERATIONS = 12;
    /**
     * Rounding of 1e-16, amplified by the division of a difference of 1e-5 in Fisher products, 1e-11, and by some tens of
     * steps.
     */
    private static final double ROUNDING = 1e-9;

    private static FishLegBuilder learning() {
        return FishLeg.builder()
                .learningRate(0.05)
                .auxiliaryLearningRate(2e-3)
                .damping(0.2)
                .startAsSgd(0.02)
                .updateEvery(2)
                .seed(7);
    }

    static Stream<Arguments> updaters() {
        return Stream.of(
                arguments("frozen", learning().auxiliaryLearningRate(0), 1e-12),
                arguments("learning", learning(), ROUNDING),
                arguments("weight decay, momentum", learning().weightDecay(0.01).momentum(0.5), ROUNDING),
                arguments("elementwise scale", learning().form(FishLeg.Form.SCALED_KRONECKER), ROUNDING),
                arguments("averages", learning().probe(FishLeg.Probe.GRADIENT_AVERAGE), ROUNDING),
                arguments(
                        "Gaussian probes",
                        learning().probe(FishLeg.Probe.GAUSSIAN).pretrain(3),
                        ROUNDING),
                arguments("antithetic", learning().fisherMethod(FisherEstimator.Method.ANTITHETIC), ROUNDING),
                arguments("Monte Carlo", learning().fisherMethod(FisherEstimator.Method.MONTE_CARLO), ROUNDING),
                arguments("one layer excluded", learning().excludeLayers("layer1", "w1"), ROUNDING));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("updaters")
    void stepsAreTheSame(String name, FishLegBuilder updater, double tolerance) {
        MultiLayerNetwork network = TestNetworks.classifier(updater.build());
        network.addListeners(new CurvatureListener());
        SameDiff graph = TestGraphs.twinOf(network, updater.build());
        graph.addListeners(TestGraphs.listener().build());
        INDArray before = network.params().dup();

        TestNetworks.fit(network, ITERATIONS);
        TestGraphs.fit(graph, 0, ITERATIONS);

        assertThat(network.params().sub(before).norm2Number().doubleValue()).isGreaterThan(0.01);
        assertAlike(graph, network, tolerance);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("regularised")
    void regularisationOfTheHostIsTakenIntoTheStep(String name, double l2, double decay) {
        FishLegBuilder updater = learning();
        MultiLayerNetwork network = TestNetworks.classifier(TestNetworks.builder(updater.build()));
        SameDiff graph = TestGraphs.twinOf(network, updater.build());
        TrainingConfig.Builder config = TestGraphs.configuration(updater.build());
        graph.setTrainingConfig((l2 > 0 ? config.l2(l2) : config.weightDecay(decay, true)).build());
        graph.addListeners(TestGraphs.listener().build());
        MultiLayerNetwork regularised = TestNetworks.classifier(
                TestNetworks.builder(updater.build()).l2(l2).l2Bias(l2));
        if (l2 == 0) {
            // layer by layer, for the host applies a global weight decay twice
            regularised
                    .getLayerWiseConfigurations()
                    .getConfs()
                    .forEach(layer -> ((org.deeplearning4j.nn.conf.layers.BaseLayer) layer.getLayer())
                            .setRegularization(
                                    List.of(new org.nd4j.linalg.learning.regularization.WeightDecay(decay, true))));
            regularised
                    .getLayerWiseConfigurations()
                    .getConfs()
                    .forEach(layer -> ((org.deeplearning4j.nn.conf.layers.BaseLayer) layer.getLayer())
                            .setRegularizationBias(
                                    List.of(new org.nd4j.linalg.learning.regularization.WeightDecay(decay, true))));
        }
        regularised.addListeners(new CurvatureListener());

        TestNetworks.fit(regularised, ITERATIONS);
        TestGraphs.fit(graph, 0, ITERATIONS);

        assertAlike(graph, regularised, ROUNDING);
    }

    static Stream<Arguments> regularised() {
        return Stream.of(arguments("L2", 0.1, 0), arguments("weight decay", 0, 0.1));
    }

    private static void assertAlike(SameDiff graph, MultiLayerNetwork network, double tolerance) {
        for (int layer = 0; layer < network.getnLayers(); layer++) {
            for (String key : List.of("W", "b")) {
                INDArray expected = network.getLayer(layer).getParam(key);
                INDArray actual = TestGraphs.variable(graph, key.equals("W") ? "w" + layer : "b" + layer);
                assertThatMatrix(Nd4j.toFlattened('c', actual))
                        .isWithinRelativeFrobenius(Nd4j.toFlattened('c', expected), tolerance);
            }
        }
    }
}
