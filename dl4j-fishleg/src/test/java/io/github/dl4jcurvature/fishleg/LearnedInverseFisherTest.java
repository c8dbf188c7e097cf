/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.Objects;

import ch.qos.logback.classic.Level;
import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.testkit.CapturedLog;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import static org.assertj.core.api.Assertions.withinPercentage;

class LearnedInverseFisherTest {
    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(AuxiliaryProblem.class);

    private static final int INPUTS = 5;
    private static final int EXAMPLES = 20;
    private static final double DAMPING = 0.1;

    /**
     * With one output the Kronecker form can hold any symmetric positive definite matrix, restricted to any parameters
     * too, so that learning has to find the inverse itself; what is left is the noise of Adam at the end of its schedule.
     */
    @ParameterizedTest
    @CsvSource({
        "KRONECKER, GAUSS_NEWTON, false, false",
        "KRONECKER, GAUSS_NEWTON, false, true",
        "SCALED_KRONECKER, GAUSS_NEWTON, true, false",
        "SCALED_KRONECKER, GAUSS_NEWTON, true, true",
        "KRONECKER, ANTITHETIC, true, false"
    })
    void findsTheDampedInverse(
            FishLeg.Form form, FisherEstimator.Method method, boolean preconditioned, boolean masked) {
        Model network = regression();
        CurvatureBatch batch = CurvatureBatch.ofInputs(RandomMatrices.gaussian(EXAMPLES, INPUTS, 3));
        INDArray alive = Nd4j.ones(DataType.DOUBLE, INPUTS + 1);
        if (masked) {
            alive.putScalar(1, 0).putScalar(3, 0);
        }
        LearnedInverseFisher inverse = LearnedInverseFisher.builder(network)
                .form(form)
                .fisherMethod(method)
                .preconditioned(preconditioned)
                .damping(DAMPING)
                .build();
        inverse.restrictTo(alive);
        INDArray target = dampedFisher(batch.inputs()[0]);
        double before = error(inverse, target, alive);
        inverse.learn(number -> batch, preconditioned ? 1500 : 1000, 2e-2, 0);

        assertThat(before).isGreaterThan(3);
        assertThat(error(inverse, target, alive)).isLessThan(1e-2);
        assertThat(inverse.relativeResidual()).isLessThan(3e-2);
        assertThatMatrix(inverse.diagonal()).isWithinRelativeFrobenius(Nd4j.diag(dense(inverse)), 1e-13);
    }

    /** |Q (F + gamma I) - I| over the living parameters, divided by the root of their number. */
    private static double error(LearnedInverseFisher inverse, INDArray target, INDArray alive) {
        INDArray projection = Nd4j.diag(alive);
        INDArray living = projection.mmul(target).mmul(projection);
        return dense(inverse).mmul(living).sub(projection).norm2Number().doubleValue()
                / Math.sqrt(alive.sumNumber().doubleValue());
    }

    private static INDArray dense(LearnedInverseFisher inverse) {
        INDArray q = Nd4j.zeros(DataType.DOUBLE, INPUTS + 1, INPUTS + 1);
        for (int k = 0; k <= INPUTS; k++) {
            INDArray unit = Nd4j.zeros(DataType.DOUBLE, INPUTS + 1);
            unit.putScalar(k, 1);
            q.putRow(k, inverse.multiply(unit));
        }
        return q;
    }

    /** The squared error of one output is the likelihood of a Gaussian with variance 1/2: F is the mean of 2 a a^T. */
    private static INDArray dampedFisher(INDArray inputs) {
        INDArray a = Nd4j.hstack(inputs, Nd4j.ones(DataType.DOUBLE, EXAMPLES, 1));
        return a.transpose()
                .mmul(a)
                .muli(2.0 / EXAMPLES)
                .addi(Nd4j.eye(INPUTS + 1).castTo(DataType.DOUBLE).muli(DAMPING));
    }

    private static MultiLayerNetwork regression() {
        return regression(INPUTS, true);
    }

    private static MultiLayerNetwork regression(int inputs, boolean bias) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(inputs)
                        .nOut(1)
                        .hasBias(bias)
                        .build())
                .build());
        network.init();
        return network;
    }

    /** Of two parameters of which one lives: for a number u, v = q u, A = q ((f + gamma) q - 2) u^2 / 2 and r = ((f + gamma) q - 1) u. */
    @ParameterizedTest
    @CsvSource({"KRONECKER, false", "SCALED_KRONECKER, true"})
    void objectiveAndResidualAreThoseOfTheirDefinitions(FishLeg.Form form, boolean preconditioned) {
        MultiLayerNetwork network = regression(2, false);
        CurvatureBatch batch = CurvatureBatch.ofInputs(RandomMatrices.gaussian(EXAMPLES, 2, 3));
        LearnedInverseFisher inverse = LearnedInverseFisher.builder(network)
                .form(form)
                .preconditioned(preconditioned)
                .damping(DAMPING)
                .build();
        inverse.restrictTo(Nd4j.createFromArray(0.0, 1));
        INDArray a = batch.inputs()[0].getColumn(1);
        double damped = 2 * a.mul(a).meanNumber().doubleValue() + DAMPING;
        for (int step = 0; step < 3; step++) {
            double q = inverse.diagonal().getDouble(1);
            inverse.learn(number -> batch, 1, 1e-2, 1e-2);
            assertThat(inverse.objective()).isCloseTo(q * (damped * q - 2) / 2, withinPercentage(1e-8));
            assertThat(inverse.relativeResidual()).isCloseTo(Math.abs(damped * q - 1), withinPercentage(1e-8));
            assertThat(inverse.diagonal().getDouble(1)).isNotEqualTo(q);
        }
    }

    /** Factors whose product overflows. */
    @Test
    void stepsThatCannotBeTakenAreSkippedAndSaidSo() {
        INDArray state = LearnedInverseFisher.builder(regression())
                .form(FishLeg.Form.KRONECKER)
                .build()
                .state();
        for (long i = 0; i < state.length(); i++) {
            state.putScalar(i, state.getDouble(i) > 0 ? 1e100 : state.getDouble(i));
        }
        LearnedInverseFisher huge = LearnedInverseFisher.builder(regression())
                .form(FishLeg.Form.KRONECKER)
                .state(state)
                .build();
        huge.learn(number -> CurvatureBatch.ofInputs(RandomMatrices.gaussian(EXAMPLES, INPUTS, 3)), 2, 1e-3, 1e-3);
        assertThat(said.messages(Level.WARN))
                .hasSize(2)
                .allSatisfy(message ->
                        assertThat(message).contains("auxiliary step skipped", "u^T Q u is", "stay as they are"));
        assertThat(huge.objective()).isNaN();
        assertThat(huge.relativeResidual()).isNaN();
        INDArray after = huge.state().subi(state);
        assertThat(after.sumNumber().doubleValue()).isEqualTo(2); // the number of steps skipped
        assertThat(after.maxNumber().doubleValue()).isEqualTo(2);
    }

    @Test
    void theElementwiseScaleTakesAnyDiagonal() {
        MultiLayerNetwork network = TestNetworks.classifier(new Sgd());
        INDArray squares = RandomMatrices.uniform(new long[] {1, network.numParams()}, 4);
        LearnedInverseFisher inverse = LearnedInverseFisher.builder(network)
                .damping(DAMPING)
                .startAsInverseDiagonal(squares)
                .build();
        INDArray expected = squares.reshape(squares.length()).add(DAMPING).rdivi(1);
        assertThatMatrix(inverse.diagonal()).isWithinRelativeFrobenius(expected, 1e-14);
        INDArray v = RandomMatrices.gaussian(new long[] {network.numParams()}, 5);
        assertThatMatrix(inverse.multiply(v)).isWithinRelativeFrobenius(expected.mul(v), 1e-14);
    }

    /**
     * The first gradient sets the diagonal where a layer asks for it: with S to 1 / (mean g^2 + gamma) exactly, g being the
     * gradient of one example, and the last layer keeps its own start.
     */
    @Test
    void eachLayerStartsInItsOwnWay() {
        FishLegBuilder builder =
                FishLeg.builder().form(FishLeg.Form.SCALED_KRONECKER).damping(DAMPING);
        NeuralNetConfiguration.Builder configuration =
                TestNetworks.builder(builder.startAsSgd(0.05).build());
        FishLeg diagonal = builder.startAsInverseDiagonal().build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(TestNetworks.INPUTS)
                        .nOut(4)
                        .updater(diagonal)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(TestNetworks.CLASSES)
                        .build())
                .build());
        network.init();
        DataSet data = TestNetworks.batch(1);
        INDArray squares = Nd4j.zeros(DataType.DOUBLE, network.numParams());
        MultiLayerNetwork probe = network.clone();
        for (DataSet example : data.asList()) {
            probe.setInput(example.getFeatures());
            probe.setLabels(example.getLabels());
            probe.computeGradientAndScore();
            INDArray g = probe.getFlattenedGradients().reshape(squares.length());
            squares.addi(g.mul(g).divi(data.numExamples()));
        }
        network.setListeners(new CurvatureListener());
        network.fit(data);

        List<UpdaterBlock> blocks = ((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks();
        INDArray first = scale(blocks.get(0)); // S^2 in the order [W; b] of columns
        int inputs = TestNetworks.INPUTS;
        INDArray weights = Factors.matrix(squares, 0, 4, inputs);
        INDArray joint = Nd4j.hstack(weights, Factors.matrix(squares, 4L * inputs, 4, 1));
        assertThatMatrix(first).isWithinRelativeFrobenius(joint.add(DAMPING).rdivi(1), 1e-12);
        assertThatMatrix(scale(blocks.get(1)))
                .isWithinRelativeFrobenius(Nd4j.ones(DataType.DOUBLE, 3, 5).muli(0.05 / 0.1), 1e-12);
    }

    private static INDArray scale(UpdaterBlock block) {
        FishLegUpdater updater = (FishLegUpdater) block.getGradientUpdater();
        BlockPlan plan = Objects.requireNonNull(updater.getConfig().plan());
        SubBlockPlan only = plan.blocks().get(0);
        long size = only.rows() * only.joint();
        INDArray s = Factors.matrix(updater.state().factors(), plan.factors() - size, only.rows(), only.joint());
        return s.mul(s);
    }

    /** Pretraining is the same learning, from the same probes. */
    @Test
    void pretrainedFishLegHoldsTheSameFactors() {
        FishLeg updater = FishLeg.builder()
                .startAsInverseDamping()
                .damping(DAMPING)
                .auxiliaryLearningRate(1e-2)
                .pretrain(7)
                .build();
        MultiLayerNetwork network = TestNetworks.classifier(updater);
        DataSet data = TestNetworks.batch(1);
        LearnedInverseFisher inverse = LearnedInverseFisher.builder(network.clone())
                .form(FishLeg.Form.KRONECKER)
                .damping(DAMPING)
                .build();
        CurvatureBatch batch = CurvatureBatch.of(data);
        inverse.learn(number -> batch, 7, 1e-2, 1e-2);
        network.setListeners(new CurvatureListener());
        network.fit(data);

        List<UpdaterBlock> updaters = ((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks();
        long start = 0;
        for (UpdaterBlock block : updaters) {
            FishLegUpdater each = (FishLegUpdater) block.getGradientUpdater();
            BlockPlan plan = Objects.requireNonNull(each.getConfig().plan());
            FishLegState learned = new FishLegState(plan, Factors.slice(inverse.state(), start, plan.required()));
            assertThatMatrix(each.state().factors()).isBitEqualTo(learned.factors());
            assertThatMatrix(each.state().secondMoment()).isBitEqualTo(learned.secondMoment());
            start += plan.required();
        }
        assertThat(updaters).hasSize(3);
    }

    @Test
    void misuseIsNamed() {
        MultiLayerNetwork network = regression();
        LearnedInverseFisher inverse = LearnedInverseFisher.builder(network).build();
        CurvatureBatch batch = CurvatureBatch.ofInputs(RandomMatrices.gaussian(EXAMPLES, INPUTS, 3));
        INDArray three = Nd4j.ones(DataType.DOUBLE, 3);
        INDArray halves = Nd4j.ones(DataType.DOUBLE, INPUTS + 1).muli(0.5);
        assertThatThrownBy(() -> inverse.multiply(three))
                .hasMessageContaining("v must have one element for each of the 6");
        assertThatThrownBy(() -> inverse.restrictTo(three)).hasMessageContaining("alive must have one element");
        assertThatThrownBy(() -> inverse.restrictTo(halves))
                .hasMessageContaining("alive must hold nothing but 0 and 1");
        assertThatThrownBy(() -> inverse.learn(number -> batch, -1, 1e-3, 1e-3)).hasMessageContaining("steps");
        assertThatThrownBy(() -> inverse.learn(number -> batch, 1, 0, 0)).hasMessageContaining("firstRate");
        assertThatThrownBy(() -> LearnedInverseFisher.builder(network).damping(0))
                .hasMessageContaining("damping");
        assertThatThrownBy(() -> LearnedInverseFisher.builder(network).maxDimension(0))
                .hasMessageContaining("maxDimension");
        assertThatThrownBy(
                        () -> LearnedInverseFisher.builder(network).state(three).build())
                .hasMessageContaining("state must have");
        assertThatThrownBy(() -> LearnedInverseFisher.builder(network)
                        .startAsInverseDiagonal(three)
                        .build())
                .hasMessageContaining("squares must have one element");
        assertThatThrownBy(() -> LearnedInverseFisher.builder(network)
                        .startAsInverseDiagonal(halves.negi())
                        .build())
                .hasMessageContaining("squares must be non-negative");
        MultiLayerNetwork half = regression().convertDataType(DataType.FLOAT16);
        assertThatThrownBy(() -> LearnedInverseFisher.builder(half).build()).hasMessageContaining("FLOAT or DOUBLE");
        MultiLayerNetwork frozen = new MultiLayerNetwork(TestNetworks.builder(new Sgd())
                .list()
                .layer(new FrozenLayer(new DenseLayer.Builder().nIn(2).nOut(2).build()))
                .layer(new LossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        frozen.init();
        assertThatThrownBy(() -> LearnedInverseFisher.builder(frozen).build())
                .hasMessageContaining("no parameters that gradients descend on");
        assertThat(inverse.objective()).isNaN();
        INDArray before = inverse.state();
        inverse.learn(number -> batch, 0, 1e-3, 1e-3);
        assertThatMatrix(inverse.state()).isBitEqualTo(before);
    }
}
