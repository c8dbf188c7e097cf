/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.testkit.CapturedLog;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
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
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What goes wrong is named, with the remedy, and changes nothing. */
class NclMisuseTest {
    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(Ncl.class);

    private static final DataSet DATA = Tasks.data(0, DataType.DOUBLE);

    @Test
    void trainingWithoutTheListenerSaysWhichOneToAdd() {
        MultiLayerNetwork network = Tasks.classifier(new Ncl(0.1, 40), DataType.DOUBLE);
        network.setListeners(new CollectScoresListener(1));
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> network.fit(DATA))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("network.addListeners(new CurvatureListener())");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    @Test
    void aListenerThatWasReplacedIsNoticed() {
        MultiLayerNetwork network = Tasks.classifier(new Ncl(0.1, 40), DataType.DOUBLE);
        network.fit(DATA);
        network.setListeners(new CollectScoresListener(1));
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> network.fit(DATA))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no longer among the network's listeners");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    /** The first layer has stepped when the output layer's step overflows. */
    @ParameterizedTest
    @EnumSource(Ncl.Step.class)
    void aStepThatIsNotFiniteLeavesParametersAndStateUnchanged(Ncl.Step kind) {
        Ncl ncl = Ncl.builder()
                .method(Ncl.Method.KFAC)
                .learningRate(0.1)
                .dataSize(40)
                .step(kind)
                .build();
        MultiLayerNetwork network = Tasks.classifier(ncl, DataType.DOUBLE);
        network.fit(DATA);
        Ncl.endTask(network, Tasks.iterator(DATA));
        network.fit(DATA);
        INDArray parameters = network.params().dup();
        INDArray state = network.updaterState().dup();
        network.setLearningRate(network.getnLayers() - 1, Double.MAX_VALUE);
        assertThatThrownBy(() -> network.fit(DATA))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("is not finite")
                .hasMessageContaining("lower the learning rate");
        assertThatMatrix(network.params()).isBitEqualTo(parameters);
        assertThatMatrix(network.updaterState()).isBitEqualTo(state);
    }

    @Test
    void dataThatAreNotFiniteLeaveParametersAndMemoryUnchanged() {
        MultiLayerNetwork network = Tasks.classifier(new Ncl(0.1, 40), DataType.DOUBLE);
        network.fit(DATA);
        Ncl.endTask(network, Tasks.iterator(DATA));
        network.fit(DATA);
        INDArray parameters = network.params().dup();
        INDArray state = network.updaterState().dup();
        DataSet broken = DATA.copy();
        broken.getFeatures().putScalar(3, 2, Double.NaN);
        assertThatThrownBy(() -> network.fit(broken))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("not finite")
                .hasMessageContaining("check the data for NaN");
        assertThatThrownBy(() -> Ncl.endTask(network, Tasks.iterator(broken)))
                .isInstanceOfAny(ArithmeticException.class, IllegalArgumentException.class)
                .hasMessageContaining("finite");
        assertThatMatrix(network.params()).isBitEqualTo(parameters);
        assertThatMatrix(network.updaterState()).isBitEqualTo(state);
    }

    @Test
    void aTaskOfParametersThatAreNotFiniteIsRefused() {
        MultiLayerNetwork network = Tasks.classifier(new Ncl(0.1, 40), DataType.DOUBLE);
        network.fit(DATA);
        INDArray state = network.updaterState().dup();
        for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
            network.params().putScalar(3, bad);
            assertThatThrownBy(() -> Ncl.endTask(network, Tasks.iterator(DATA)))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("the parameters are not finite; the network is unchanged")
                    .hasMessageContaining("lower the learning rate");
            assertThatMatrix(network.updaterState()).isBitEqualTo(state);
        }
    }

    @Test
    void networksWithoutTheUpdaterAndTasksWithoutExamplesAreRefused() {
        assertThatThrownBy(() -> Ncl.endTask(Tasks.classifier(new Sgd(0.1), DataType.DOUBLE), Tasks.iterator(DATA)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no layer with an Ncl updater");
        MultiLayerNetwork network = Tasks.classifier(new Ncl(0.1, 40), DataType.DOUBLE);
        assertThatThrownBy(() -> Consolidation.of(network).endTask(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no example");
    }

    @Test
    void settingsAreCheckedWhereTheyAreMade() {
        NclBuilder builder = Ncl.builder();
        assertThatThrownBy(() -> builder.learningRate(Double.NaN))
                .hasMessageContaining("learningRate must be positive");
        assertThatThrownBy(() -> builder.dataSize(0)).hasMessageContaining("dataSize must be positive");
        assertThatThrownBy(() -> builder.kroneckerSum(null))
                .hasMessage("kroneckerSum is null; leave it out for the default");
        assertThatThrownBy(() -> builder.method(null)).hasMessageContaining("method is null");
        assertThatThrownBy(() -> builder.step(null)).hasMessageContaining("step is null");
        assertThatThrownBy(() -> builder.fallback(null)).hasMessageContaining("fallback is null");
        assertThatThrownBy(() -> builder.momentum(1)).hasMessageContaining("momentum must be in [0, 1)");
        assertThatThrownBy(() -> builder.forgetting(0)).hasMessageContaining("forgetting must be in (0, 1]");
        assertThatThrownBy(() -> builder.priorWeight(-1)).hasMessageContaining("priorWeight must be finite");
        assertThatThrownBy(() -> builder.damping(-1)).hasMessageContaining("damping must be finite");
        assertThatThrownBy(() -> builder.consolidateEvery(-1)).hasMessageContaining("consolidateEvery");
        assertThatThrownBy(() -> Ncl.builder().step(Ncl.Step.ADAM).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ADAM would undo");
        assertThatThrownBy(() ->
                        Ncl.builder().method(Ncl.Method.OWM).priorWeight(1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no penalty");
        assertThatThrownBy(() -> Ncl.builder().method(Ncl.Method.OWM).damping(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("damping must be positive");
        assertThatThrownBy(() -> new NclDiagnosticsListener(0, report -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("frequency must be positive");
    }

    @Test
    void stateOfAnotherLengthOrKeyIsRefused() {
        MultiLayerNetwork network = Tasks.classifier(new Ncl(0.1, 40), DataType.DOUBLE);
        CurvatureListener.prepare(network);
        Ncl config = (Ncl) ((DenseLayer) network.getLayer(0).conf().getLayer()).getIUpdater();
        assertThatThrownBy(() -> config.instantiate(Nd4j.zeros(DataType.DOUBLE, 17), false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has 17 elements but");
        assertThatThrownBy(() -> config.instantiate(Map.of("V", Nd4j.zeros(DataType.DOUBLE, 17)), false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must have exactly the key [NCL] but has [V]");
    }

    @Test
    void layersMustAgreeOnWhatConcernsTheNetwork() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(4)
                        .updater(Ncl.builder().seed(1).build())
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(4)
                        .nOut(3)
                        .updater(Ncl.builder().seed(2).build())
                        .build())
                .build());
        network.init();
        assertThatThrownBy(() -> Ncl.endTask(network, Tasks.iterator(Tasks.data(0, DataType.FLOAT))))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("set the same for all");
    }

    @Test
    void settingsThatChangeTheMethodAreWarnedOf() {
        MultiLayerNetwork clipped = sequences(BackpropType.TruncatedBPTT);
        clipped.fit(sequenceData());
        Ncl.endTask(clipped, Tasks.iterator(sequenceData()));
        assertThat(said.messages(Level.WARN))
                .anySatisfy(message -> assertThat(message).contains("gradient normalisation or L1/L2", "layer0"))
                .anySatisfy(message -> assertThat(message).contains("truncated back-propagation"))
                .anySatisfy(
                        message -> assertThat(message).contains("dataSize is 1000000.0 but the task has 8 examples"));
    }

    @Test
    void weightDecayIsWarnedOf() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new Ncl(0.01, Tasks.EXAMPLES))
                .weightDecay(0.01)
                .list()
                .layer(new DenseLayer.Builder().nIn(Tasks.INPUTS).nOut(4).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(Tasks.CLASSES)
                        .build())
                .build());
        network.init();
        network.addListeners(new CurvatureListener());
        network.fit(Tasks.data(0, DataType.FLOAT));
        assertThat(said.messages(Level.WARN))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("layers [layer0, layer1] have weight decay", "priorPrecision");
    }

    private static MultiLayerNetwork sequences(BackpropType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new Ncl(0.01, 1e6))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .list()
                .layer(new LSTM.Builder().nOut(3).activation(Activation.TANH).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(2)
                        .build())
                .setInputType(InputType.recurrent(2))
                .backpropType(type)
                .tBPTTLength(3)
                .build());
        network.init();
        network.addListeners(new CurvatureListener());
        return network;
    }

    private static DataSet sequenceData() {
        return new DataSet(Nd4j.rand(DataType.FLOAT, 8, 2, 6), Nd4j.rand(DataType.FLOAT, 8, 2, 6));
    }

    /** Layers without factors are named when the plan is made. */
    @Test
    void fallbacksAreSaidByName() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(new Ncl(0.01, 40))
                .list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(4).build())
                .layer(new BatchNormalization.Builder()
                        .name("norm")
                        .nIn(4)
                        .nOut(4)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(4)
                        .nOut(3)
                        .build())
                .build());
        network.init();
        CurvatureListener.prepare(network);
        assertThat(said.messages(Level.INFO))
                .singleElement()
                .satisfies(message -> assertThat(message).contains("layer 'norm'", "gamma", "beta", "ELEMENTWISE"));
        var blocks = io.github.dl4jcurvature.fisher.CurvatureBlock.of(network, Ncl.class);
        assertThat(blocks)
                .filteredOn(block -> block.parameters().layer().equals("norm"))
                .allSatisfy(block -> assertThat(((NclUpdater) block.updater())
                                .getConfig()
                                .plan()
                                .sections())
                        .allMatch(section -> section.memory() == SectionPlan.Memory.ELEMENTWISE));
    }

    @Test
    void predictedLabelsOfSquaredErrorsAreRefusedWithoutAChange() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(Ncl.builder().fisherLabels(FisherLabels.PREDICTED).build())
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(6)
                        .nOut(3)
                        .build())
                .build());
        network.init();
        CurvatureListener.prepare(network);
        INDArray state = network.updaterState().dup();
        assertThatThrownBy(() -> Ncl.endTask(network, Tasks.iterator(Tasks.data(0, DataType.FLOAT))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use EXACT or SAMPLED");
        assertThatMatrix(network.updaterState()).isBitEqualTo(state);
    }
}
