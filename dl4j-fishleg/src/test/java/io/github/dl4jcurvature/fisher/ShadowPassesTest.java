/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Identities of passes with injected errors and sampled labels. */
class ShadowPassesTest {

    /** Smooth networks, with and without recurrence and masks. The difference is accurate to about 1e-10. */
    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.LikelihoodCases#all")
    void injectedErrorsAreMultipliedByTheTransposedJacobian(LikelihoodCase network) {
        CurvatureBatch batch = network.batch();
        ShadowNetwork shadow = ShadowNetwork.of(network.network().model());
        ShadowNetwork own = ShadowNetwork.withOwnParameters(network.network().model());
        INDArray direction = RandomMatrices.gaussian(new long[] {network.parameters()}, 51);
        network.clearUntrained(direction);
        List<INDArray> errors = shadow.preActivations(batch).stream()
                .map(z -> RandomMatrices.gaussian(z.shape(), 52))
                .toList();

        shadow.backpropagate(batch, errors);

        double expected = FiniteDifferences.directionalDerivative(
                point -> {
                    own.parameters().assign(point);
                    return weightedSum(own.preActivations(batch), errors);
                },
                shadow.parameters(),
                direction);
        double actual = shadow.gradient().mul(direction).sumNumber().doubleValue();
        assertThat(actual).isCloseTo(expected, within(1e-8 * Math.abs(expected)));
    }

    private static double weightedSum(List<INDArray> arrays, List<INDArray> weights) {
        double sum = 0;
        for (int k = 0; k < arrays.size(); k++) {
            sum += arrays.get(k).mul(weights.get(k)).sumNumber().doubleValue();
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.NetworkCases#allDouble")
    void capturingFactorsDoesNotChangeTheGradient(NetworkCase network) {
        ShadowNetwork shadow = ShadowNetwork.of(network.model());
        List<INDArray> errors = shadow.preActivations(network.batch()).stream()
                .map(z -> RandomMatrices.gaussian(z.shape(), 53))
                .toList();

        shadow.backpropagate(network.batch(), errors);
        INDArray plain = shadow.gradient().dup();
        shadow.withInjectedErrors(network.batch(), errors);

        assertThatMatrix(shadow.gradient()).isBitEqualTo(plain);
    }

    /** With labels of each class weighted by its probability the gradients cancel; each alone is of size one. */
    @Test
    void expectedScoreIsZero() {
        LikelihoodCase network = LikelihoodCases.softmax();
        CurvatureBatch one = CurvatureBatch.ofInputs(
                network.batch().inputs()[0].getRow(0, true).dup());
        ShadowNetwork shadow = ShadowNetwork.of(network.network().model());
        INDArray probabilities = shadow.outputMeans(one).get(0);
        INDArray sum = Nd4j.zeros(DataType.DOUBLE, network.parameters());
        double largest = 0;
        for (int k = 0; k < probabilities.length(); k++) {
            INDArray label = Nd4j.zerosLike(probabilities).putScalar(k, 1);
            shadow.withSampledLabels(
                    one,
                    new ScriptedLabels()
                            .draw(probabilities, label, network.likelihoods().get(0)));
            sum.addi(shadow.gradient().mul(probabilities.getDouble(k)));
            largest = Math.max(largest, shadow.gradient().norm2Number().doubleValue());
        }
        assertThat(largest).isGreaterThan(0.1);
        assertThat(sum.norm2Number().doubleValue()).isLessThan(1e-12);
    }

    /** The factors of a batch are those of its examples; an example's share is what it yields alone. */
    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.NetworkCases#allDouble")
    void rowsBelongToTheirExamples(NetworkCase network) {
        ShadowNetwork shadow = ShadowNetwork.of(network.model());
        INDArray v = RandomMatrices.gaussian(new long[] {network.model().numParams()}, 54);
        CurvatureBatch batch = network.batch();
        INDArray together = derivatives(shadow, batch, v);
        for (long n = 0; n < batch.examples(); n++) {
            CurvatureBatch alone = new CurvatureBatch(
                    pick(batch.inputs(), n),
                    pick(batch.labels(), n),
                    pick(batch.inputMasks(), n),
                    pick(batch.labelMasks(), n));
            double single = derivatives(shadow, alone, v).getDouble(0);
            assertThat(together.getDouble(n)).isCloseTo(single, within(1e-12 * (1 + Math.abs(single))));
        }
    }

    private static INDArray derivatives(ShadowNetwork shadow, CurvatureBatch batch, INDArray v) {
        INDArray sum = Nd4j.zeros(DataType.DOUBLE, batch.examples());
        for (LayerFactors layer : shadow.withLabels(batch)) {
            assertThat(layer.rowsPerExample() * layer.examples())
                    .isEqualTo(layer.errors().size(0));
            sum.addi(layer.directionalDerivatives(key -> shadow.layout().view(v, layer.layer(), key)));
        }
        return sum;
    }

    private static INDArray[] pick(INDArray[] arrays, long example) {
        if (arrays == null) {
            return null;
        }
        INDArray[] picked = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            if (arrays[i] != null) {
                picked[i] = arrays[i]
                        .get(NDArrayIndex.interval(example, example + 1))
                        .dup();
            }
        }
        return picked;
    }

    @Test
    void meansAreTheHostsOutputsInTrainingMode() {
        for (LikelihoodCase network : List.of(LikelihoodCases.softmax(), LikelihoodCases.batchNormalisation())) {
            MultiLayerNetwork host = (MultiLayerNetwork) network.network().model();
            INDArray expected = host.output(network.batch().inputs()[0], true);
            assertThatMatrix(ShadowNetwork.of(host).outputMeans(network.batch()).get(0))
                    .isWithinAbsolute(expected, 1e-14);
        }
    }
}
