/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.Map;
import java.util.function.Consumer;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.testkit.CapturedLog;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.FixedSchedule;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FishLegMisuseTest {
    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(FishLeg.class);

    @Test
    void trainingWithoutTheListenerSaysWhichOneToAddAndLeavesTheParameters() {
        MultiLayerNetwork network = TestNetworks.classifier(new FishLeg());
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> network.fit(TestNetworks.batch(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("network.addListeners(new CurvatureListener())");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    @Test
    void aListenerThatWasReplacedIsNoticed() {
        MultiLayerNetwork network = TestNetworks.classifier(new FishLeg());
        network.setListeners(new CurvatureListener());
        TestNetworks.fit(network, 2);
        network.setListeners(new CollectScoresListener(1));
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> network.fit(TestNetworks.batch(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no longer among the network's listeners")
                .hasMessageContaining("layer0");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    @Test
    void aLayerOfAnotherSizeStartsAfreshAndSaysSo() {
        MultiLayerNetwork network = TestNetworks.classifier(new FishLeg());
        network.addListeners(new CurvatureListener());
        TestNetworks.fit(network, 2);
        MultiLayerNetwork larger = new TransferLearning.Builder(network)
                .nOutReplace(1, TestNetworks.HIDDEN + 2, WeightInit.XAVIER)
                .build();
        larger.setListeners(new CurvatureListener());
        TestNetworks.fit(larger, 12);
        assertThat(said.messages())
                .anySatisfy(message -> assertThat(message)
                        .contains("layer1")
                        .contains("[5 x 6]")
                        .contains("[7 x 6]")
                        .contains("starts afresh"));
        assertThatMatrix(larger.params()).isFinite();
    }

    @Test
    void stateOfAnotherLengthOrKeyIsRefused() {
        FishLeg config = new FishLeg();
        config.assignTo(parameters(4, 3));
        long needed = 4 + 15 + 3 * (25 + 9); // counters, momentum, three times [5, 5] and [3, 3]
        assertThatThrownBy(() -> config.instantiate(Nd4j.zeros(DataType.DOUBLE, 17), false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has 17 elements but " + needed + " are needed");
        assertThatThrownBy(() -> config.instantiate(Map.of("V", Nd4j.zeros(DataType.DOUBLE, needed)), false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must have exactly the key [FISHLEG] but has [V]");
    }

    @Test
    void stateOfEqualLengthsIsSharedAmongTheParametersThatAskForIt() {
        FishLeg config = new FishLeg();
        config.assignTo(TestBlocks.dense("one", 1, 3));
        long needed = 4 + 6 + 3 * (4 + 9);
        assertThat(2 * config.stateSize(3)).isBetween(needed, needed + 1);
        assertThat(config.instantiate(Nd4j.zeros(DataType.DOUBLE, 2 * config.stateSize(3)), true)
                        .getState())
                .hasSize(1);
    }

    @Test
    void anotherDataTypeIsRefused() {
        DataType half = DataType.valueOf("HALF");
        MultiLayerNetwork network = TestNetworks.classifier(new FishLeg()).convertDataType(half);
        network.addListeners(new CurvatureListener());
        DataSet data = TestNetworks.batch(0);
        data.setFeatures(data.getFeatures().castTo(half));
        data.setLabels(data.getLabels().castTo(half));
        assertThatThrownBy(() -> network.fit(data))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("FLOAT or DOUBLE but it is " + half);
    }

    @Test
    void aLossWithoutALikelihoodIsRefusedByName() {
        MultiLayerNetwork network = new MultiLayerNetwork(TestNetworks.builder(new FishLeg())
                .list()
                .layer(new DenseLayer.Builder().nIn(TestNetworks.INPUTS).nOut(4).build())
                .layer(new OutputLayer.Builder(LossFunction.HINGE)
                        .activation(Activation.TANH)
                        .nIn(4)
                        .nOut(TestNetworks.CLASSES)
                        .build())
                .build());
        network.init();
        network.addListeners(new CurvatureListener());
        assertThatThrownBy(() -> network.fit(TestNetworks.batch(0))).hasMessageContaining("MCXENT");
    }

    @Test
    void aScheduleThatStartsAtZeroHasNoFirstStepToMatch() {
        MultiLayerNetwork network = TestNetworks.classifier(
                FishLeg.builder().learningRateSchedule(new FixedSchedule(0)).build());
        network.addListeners(new CurvatureListener());
        assertThatThrownBy(() -> network.fit(TestNetworks.batch(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("scale of the initial Q must be positive and finite but is Infinity");
    }

    @Test
    void layersMustAgreeOnTheAuxiliaryProblem() {
        MultiLayerNetwork network = new MultiLayerNetwork(TestNetworks.builder(new FishLeg())
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(TestNetworks.INPUTS)
                        .nOut(4)
                        .updater(FishLeg.builder().damping(0.5).build())
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(TestNetworks.CLASSES)
                        .build())
                .build());
        network.init();
        network.addListeners(new CurvatureListener());
        assertThatThrownBy(() -> network.fit(TestNetworks.batch(0)))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("damping=0.5")
                .hasMessageContaining("only learning rate");
    }

    @Test
    void aGradientThatIsNotFiniteStopsTheTrainingAndLeavesTheParameters() {
        MultiLayerNetwork network = TestNetworks.classifier(new FishLeg());
        network.addListeners(new CurvatureListener());
        TestNetworks.fit(network, 1);
        INDArray before = network.params().dup();
        DataSet data = TestNetworks.batch(1);
        data.getFeatures().putScalar(0, 0, Double.NaN);
        assertThatThrownBy(() -> network.fit(data))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("the parameters are unchanged")
                .hasMessageContaining("iteration 1");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    /** Auxiliary steps and averages come before the step is refused. */
    @ParameterizedTest
    @EnumSource(FishLeg.Probe.class)
    void aRefusedStepLeavesTheUpdatersState(FishLeg.Probe probe) {
        MultiLayerNetwork network = TestNetworks.classifier(FishLeg.builder()
                .probe(probe)
                .updateEvery(2)
                .auxiliaryLearningRate(0.01)
                .build());
        network.addListeners(new CurvatureListener());
        DataSet bad = TestNetworks.batch(1);
        bad.getFeatures().putScalar(0, 0, Double.NaN);
        for (int steps = 1; steps <= 2; steps++) { // an auxiliary step is due at the second
            TestNetworks.fit(network, 1);
            INDArray before = network.updaterState().dup();
            assertThatThrownBy(() -> network.fit(bad)).isInstanceOf(ArithmeticException.class);
            assertThatMatrix(network.updaterState()).isBitEqualTo(before);
        }
    }

    /** The layers before it have stepped when the last one's step overflows. */
    @Test
    void aStepThatIsNotFiniteLeavesParametersAndState() {
        MultiLayerNetwork network = TestNetworks.classifier(new FishLeg());
        network.addListeners(new CurvatureListener());
        TestNetworks.fit(network, 2);
        INDArray parameters = network.params().dup();
        INDArray state = network.updaterState().dup();
        network.setLearningRate(network.getnLayers() - 1, Double.MAX_VALUE);
        assertThatThrownBy(() -> TestNetworks.fit(network, 1))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("is not finite")
                .hasMessageContaining("lower the learning rate");
        assertThatMatrix(network.params()).isBitEqualTo(parameters);
        assertThatMatrix(network.updaterState()).isBitEqualTo(state);
    }

    @Test
    void everySetterNamesItsArgumentTheValueAndTheRule() {
        assertRefused(b -> b.learningRate(0), "learningRate must be positive and finite but is 0.0");
        assertRefused(b -> b.learningRate(Double.NaN), "learningRate must be positive and finite but is NaN");
        assertRefused(b -> b.auxiliaryLearningRate(-1), "auxiliaryLearningRate must be non-negative");
        assertRefused(b -> b.damping(0), "damping must be positive");
        assertRefused(b -> b.momentum(1), "momentum must lie in [0, 1) but is 1.0");
        assertRefused(b -> b.weightDecay(-1e-5), "weightDecay must be non-negative");
        assertRefused(b -> b.startAsSgd(-1), "sgdLearningRate must be positive");
        assertRefused(b -> b.updateEvery(0), "updateEvery must be at least 1 but is 0");
        assertRefused(b -> b.auxiliarySteps(0), "auxiliarySteps must be at least 1");
        assertRefused(b -> b.auxiliaryBatchSize(-3), "auxiliaryBatchSize must be at least 1 but is -3");
        assertRefused(
                b -> b.differenceStep(Double.POSITIVE_INFINITY), "differenceStep must be non-negative and finite");
        assertRefused(b -> b.stepBound(0), "stepBound must be positive");
        assertRefused(b -> b.auxiliaryAdam(1, 0.9, 1e-8), "firstDecay must lie in [0, 1)");
        assertRefused(b -> b.auxiliaryAdam(0.9, 1, 1e-8), "secondDecay must lie in [0, 1)");
        assertRefused(b -> b.auxiliaryAdam(0.9, 0.9, 0), "epsilon must be positive");
    }

    private static void assertRefused(Consumer<FishLegBuilder> setter, String message) {
        assertThatThrownBy(() -> setter.accept(FishLeg.builder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static LayerParameters parameters(long inputs, long outputs) {
        return TestBlocks.dense("dense", inputs, outputs);
    }
}
