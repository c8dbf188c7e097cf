/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.FisherEstimator.Method;
import io.github.dl4jcurvature.fisher.FisherOracle.Likelihood;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FisherEstimatorTest {
    /** Central differences of step 1e-5: truncation 1e-10 times third derivatives, rounding 1e-16 / 1e-5 = 1e-11. */
    private static final double DIFFERENCE = 1e-6;

    static Stream<LikelihoodCase> cases() {
        return LikelihoodCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gaussNewtonProductIsThatOfTheExplicitFisherMatrix(LikelihoodCase network) {
        INDArray v = RandomMatrices.gaussian(new long[] {network.parameters()}, 3);
        network.clearUntrained(v);

        INDArray product = network.estimator(Method.GAUSS_NEWTON).product(network.batch(), v, LabelSampler.seeded(1));

        assertThatMatrix(product).isWithinRelativeFrobenius(network.explicitProduct(v), DIFFERENCE);
    }

    /** Expectations over all labels are exact, so both sampled estimators must average to F v, with cross terms. */
    @ParameterizedTest
    @MethodSource("cases")
    void sampledProductsAverageToTheExplicitFisherMatrix(LikelihoodCase network) {
        INDArray v = RandomMatrices.gaussian(new long[] {network.parameters()}, 4);
        network.clearUntrained(v);
        INDArray expected = network.explicitProduct(v);

        for (Method method : List.of(Method.MONTE_CARLO, Method.ANTITHETIC)) {
            assertThatMatrix(network.averageOverAllLabels(method, v))
                    .as(method.name())
                    .isWithinRelativeFrobenius(expected, DIFFERENCE);
        }
    }

    /** The direction reaches into what is not trained; the host puts moving averages into its gradient there. */
    @ParameterizedTest
    @EnumSource(Method.class)
    void runningStatisticsAndFrozenParametersTakeNoPart(Method method) {
        for (LikelihoodCase network : List.of(LikelihoodCases.batchNormalisation(), LikelihoodCases.frozen())) {
            INDArray v = RandomMatrices.gaussian(new long[] {network.parameters()}, 5);
            INDArray trained = v.dup();
            network.clearUntrained(trained);
            FisherEstimator estimator = network.estimator(method);

            INDArray product = estimator.product(network.batch(), v, LabelSampler.seeded(2));

            INDArray cleared = product.dup();
            network.clearUntrained(cleared);
            assertThat(trained).isNotEqualTo(v);
            assertThatMatrix(product).isBitEqualTo(cleared);
            assertThatMatrix(product).isBitEqualTo(estimator.product(network.batch(), trained, LabelSampler.seeded(2)));
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void leavesTheNetworkAndItsArgumentsAlone(Method method) {
        LikelihoodCase network = LikelihoodCases.batchNormalisation();
        INDArray parameters = network.network().model().params().dup();
        INDArray v = RandomMatrices.gaussian(new long[] {1, network.parameters()}, 6);
        INDArray original = v.dup();

        network.estimator(method).product(network.batch(), v, LabelSampler.seeded(3));

        assertThatMatrix(network.network().model().params()).isBitEqualTo(parameters);
        assertThatMatrix(v).isBitEqualTo(original);
    }

    /** A step of 3e-3 in float: rounding 1e-7 / 3e-3 and truncation 1e-5, so 1e-3 leaves a factor of ten. */
    @Test
    void floatProductsAgreeWithDoubleOnes() {
        MultiLayerNetwork inDouble =
                (MultiLayerNetwork) LikelihoodCases.softmax().network().model();
        MultiLayerNetwork inFloat = inDouble.convertDataType(DataType.FLOAT);
        INDArray v = RandomMatrices.gaussian(new long[] {inDouble.numParams()}, 7);
        CurvatureBatch batch = LikelihoodCases.softmax().batch();
        for (Method method : Method.values()) {
            INDArray expected =
                    FisherEstimator.builder(inDouble).method(method).build().product(batch, v, LabelSampler.seeded(4));
            INDArray actual =
                    FisherEstimator.builder(inFloat).method(method).build().product(batch, v, LabelSampler.seeded(4));
            assertThat(actual.dataType()).isEqualTo(DataType.FLOAT);
            assertThatMatrix(actual).as(method.name()).isWithinRelativeFrobenius(expected, 1e-3);
        }
    }

    /** The cubic error of the difference: ten times the step, a hundred times the error. */
    @Test
    void stepLengthsOfTheBuilderAndOfTheCallAreUsed() {
        LikelihoodCase network = LikelihoodCases.softmax();
        INDArray v = RandomMatrices.gaussian(new long[] {network.parameters()}, 8);
        LabelSampler unused = LabelSampler.seeded(0);
        INDArray exact = network.estimator(Method.GAUSS_NEWTON).product(network.batch(), v, unused);
        FisherEstimator coarse =
                FisherEstimator.builder(network.network().model()).epsilon(1e-2).build();

        double far = coarse.product(network.batch(), v, unused).distance2(exact);
        double near = coarse.product(network.batch(), v, unused, 1e-3).distance2(exact);

        assertThat(far / near).isBetween(80.0, 120.0);
    }

    /** A network that can be initialised anew, as no public method of the host does. */
    @SuppressWarnings("overrides") // the host inherits one method in two forms
    private static final class MovableNetwork extends MultiLayerNetwork {
        MovableNetwork(MultiLayerConfiguration configuration) {
            super(configuration);
        }

        void moveTo(INDArray newParameters) {
            initCalled = false;
            layers = null;
            flattenedGradients = null;
            init(newParameters, false);
        }
    }

    @Test
    void followsTheModelToANewParameterBuffer() {
        LikelihoodCase original = LikelihoodCases.softmax();
        MultiLayerNetwork fixed = (MultiLayerNetwork) original.network().model();
        MovableNetwork movable = new MovableNetwork(fixed.getLayerWiseConfigurations());
        movable.init();
        LikelihoodCase network =
                new LikelihoodCase(new NetworkCase("movable", movable, original.batch()), original.likelihoods());
        FisherEstimator estimator = network.estimator(Method.GAUSS_NEWTON);
        INDArray v = RandomMatrices.gaussian(new long[] {network.parameters()}, 9);
        estimator.product(network.batch(), v, LabelSampler.seeded(0));
        ((MovableNetwork) network.network().model())
                .moveTo(RandomMatrices.gaussian(new long[] {network.parameters()}, 10));

        assertThatMatrix(estimator.product(network.batch(), v, LabelSampler.seeded(0)))
                .isWithinRelativeFrobenius(network.explicitProduct(v), DIFFERENCE);
    }

    @Test
    void aZeroDirectionGivesZero() {
        LikelihoodCase network = LikelihoodCases.softmax();
        INDArray zero = Nd4j.zeros(DataType.DOUBLE, network.parameters());
        for (Method method : Method.values()) {
            assertThatMatrix(network.estimator(method).product(network.batch(), zero, LabelSampler.seeded(0)))
                    .isBitEqualTo(zero);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void refusesADirectionThatIsNotFinite(double value) {
        LikelihoodCase network = LikelihoodCases.softmax();
        INDArray v = Nd4j.ones(DataType.DOUBLE, network.parameters()).putScalar(1, value);
        FisherEstimator estimator = network.estimator(Method.GAUSS_NEWTON);
        assertThatThrownBy(() -> estimator.product(network.batch(), v, LabelSampler.seeded(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("v must be finite");
    }

    @Test
    void refusesADirectionOfAnotherLength() {
        LikelihoodCase network = LikelihoodCases.softmax();
        FisherEstimator estimator = network.estimator(Method.GAUSS_NEWTON);
        assertThatThrownBy(
                        () -> estimator.product(network.batch(), Nd4j.ones(DataType.DOUBLE, 3), LabelSampler.seeded(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("v has 3 entries but the network has " + network.parameters());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesAStepThatIsNotPositive(double value) {
        LikelihoodCase network = LikelihoodCases.softmax();
        FisherEstimator.Builder builder =
                FisherEstimator.builder(network.network().model());
        assertThatThrownBy(() -> builder.epsilon(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("epsilon must be positive and finite but is " + value);
    }

    static Stream<BaseOutputLayer> unsupportedOutputs() {
        INDArray weights = Nd4j.createFromArray(1.0, 2.0);
        return Stream.of(
                NetworkCases.output(2, Activation.TANH, LossFunction.MSE),
                NetworkCases.output(2, Activation.IDENTITY, LossFunction.HINGE),
                NetworkCases.output(2, Activation.SOFTMAX, LossFunction.MSE),
                NetworkCases.output(2, Activation.IDENTITY, LossFunction.MEAN_ABSOLUTE_ERROR),
                weighted(new LossMCXENT(weights), Activation.SOFTMAX),
                weighted(new LossBinaryXENT(weights), Activation.SIGMOID),
                weighted(new LossMSE(weights), Activation.IDENTITY),
                weighted(new LossL2(weights), Activation.IDENTITY));
    }

    private static BaseOutputLayer weighted(ILossFunction loss, Activation activation) {
        return new OutputLayer.Builder(loss).nOut(2).activation(activation).build();
    }

    @ParameterizedTest
    @MethodSource("unsupportedOutputs")
    void refusesOutputsWithoutAPredictiveDistribution(BaseOutputLayer output) {
        output.setLayerName("out");
        LikelihoodCase network = LikelihoodCases.dense("unsupported", Likelihood.SQUARED, output);
        FisherEstimator.Builder builder =
                FisherEstimator.builder(network.network().model());
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer 'out'")
                .hasMessageContaining(output.getLossFn().toString())
                .hasMessageContaining(output.getActivationFn().toString())
                .hasMessageContaining("XENT with sigmoid");
    }
}
