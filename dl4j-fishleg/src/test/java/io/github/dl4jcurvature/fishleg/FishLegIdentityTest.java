/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Cases in which FishLeg must do what a simpler rule does, in the host's training loop. */
class FishLegIdentityTest {
    private static final double RATE = 0.1;
    private static final double SGD_RATE = 0.03;
    private static final double MOMENTUM = 0.9;
    private static final int ITERATIONS = 25;

    /** Training loss after 500 steps: 0.036 when the factors learn, 0.117 when they are frozen; the bar lies between. */
    private static final double LEARNED_SCORE = 0.065;

    /** Products with the identity round in the last place; 25 steps of a network of order 6. */
    private static final double TOLERANCE = 1e-12;

    @ParameterizedTest
    @EnumSource(FishLeg.Form.class)
    void withFrozenFactorsItIsMomentumWithTheSgdRate(FishLeg.Form form) {
        FishLegBuilder frozen = frozen(form).momentum(MOMENTUM).weightDecay(1e-3);
        MultiLayerNetwork network = trained(TestNetworks.builder(frozen.build()));
        MultiLayerNetwork plain = TestNetworks.classifier(new Sgd(1));
        INDArray expected = plain.params().dup();
        INDArray average = expected.like();
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            plain.setParams(expected);
            DataSet data = TestNetworks.batch(iteration % 5);
            INDArray gradient = gradient(plain, data);
            average = average.mul(MOMENTUM).add(gradient.mul((1 - MOMENTUM) * SGD_RATE / RATE));
            expected = expected.sub(average.add(expected.mul(1e-3)).mul(RATE));
        }
        assertThatMatrix(network.params()).isWithinRelativeFrobenius(expected, TOLERANCE);
    }

    @Test
    void withRegularisationAndClippingItPreconditionsWhatTheHostMadeOfTheGradient() {
        for (GradientNormalization normalization : new GradientNormalization[] {
            GradientNormalization.None, GradientNormalization.ClipElementWiseAbsoluteValue
        }) {
            FishLegBuilder frozen = frozen(FishLeg.Form.KRONECKER).momentum(0).weightDecay(0);
            MultiLayerNetwork network = trained(TestNetworks.builder(frozen.build())
                    .l2(0.05)
                    .gradientNormalization(normalization)
                    .gradientNormalizationThreshold(0.02));
            MultiLayerNetwork sgd = TestNetworks.classifier(TestNetworks.builder(new Sgd(SGD_RATE))
                    .l2(0.05)
                    .gradientNormalization(normalization)
                    .gradientNormalizationThreshold(0.02));
            TestNetworks.fit(sgd, ITERATIONS);
            assertThatMatrix(network.params()).isWithinRelativeFrobenius(sgd.params(), TOLERANCE);
        }
    }

    @Test
    void aTightStepBoundShortensTheStepToItsLength() {
        double bound = 1e-6;
        FishLegBuilder bounded =
                frozen(FishLeg.Form.KRONECKER).momentum(0).weightDecay(0).stepBound(bound);
        MultiLayerNetwork network = TestNetworks.classifier(TestNetworks.builder(bounded.build()));
        network.addListeners(new CurvatureListener());
        INDArray before = network.params().dup();
        network.fit(TestNetworks.batch(0));
        INDArray step = network.params().sub(before);
        double q0 = SGD_RATE / RATE;
        double length = Math.pow(step.norm2Number().doubleValue(), 2) / q0; // <d, Q^-1 d> = kappa
        assertThat(length).isCloseTo(bound, org.assertj.core.data.Percentage.withPercentage(1e-6));
    }

    @Test
    void learningTheFactorsSpeedsUpTheTraining() {
        assertThat(scoreAfterTraining(3e-3)).isLessThan(LEARNED_SCORE);
        assertThat(scoreAfterTraining(0)).isGreaterThan(LEARNED_SCORE);
    }

    private static double scoreAfterTraining(double auxiliaryRate) {
        MultiLayerNetwork network = TestNetworks.classifier(FishLeg.builder()
                .learningRate(RATE)
                .updateEvery(5)
                .auxiliaryLearningRate(auxiliaryRate)
                .build());
        network.addListeners(new CurvatureListener());
        TestNetworks.fit(network, 500);
        return network.score(TestNetworks.batch(0));
    }

    private static FishLegBuilder frozen(FishLeg.Form form) {
        return FishLeg.builder()
                .form(form)
                .learningRate(RATE)
                .startAsSgd(SGD_RATE)
                .auxiliaryLearningRate(0)
                .stepBound(Double.MAX_VALUE);
    }

    private static MultiLayerNetwork trained(NeuralNetConfiguration.Builder builder) {
        MultiLayerNetwork network = TestNetworks.classifier(builder);
        network.addListeners(new CurvatureListener());
        TestNetworks.fit(network, ITERATIONS);
        return network;
    }

    private static INDArray gradient(MultiLayerNetwork network, DataSet data) {
        INDArray sum = network.calculateGradients(data.getFeatures(), data.getLabels(), null, null)
                .getFirst()
                .gradient();
        return sum.reshape(sum.length()).div(data.numExamples());
    }
}
