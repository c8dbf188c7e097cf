/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.FisherOracle.Likelihood;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Second moments of the errors of Fisher passes, against a Fisher matrix from finite differences of the outputs. */
class FisherPassesTest {

    /** The diagonal is exact when rows are examples; the finite differences are accurate to about 1e-10. */
    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.LikelihoodCases#oneRowPerExample")
    void exactPassesAddUpToTheFisherMatrix(LikelihoodCase network) {
        FisherPasses passes = passes(network);
        INDArray diagonal = Nd4j.zeros(DataType.DOUBLE, network.parameters());
        List<Boolean> first = new ArrayList<>();

        passes.run(network.batch(), FisherLabels.EXACT, LabelSampler.seeded(1), (isFirst, factors, gradient) -> {
            first.add(isFirst);
            diagonal.addi(passes.meanSquares(factors, network.batch()));
        });

        assertThat(first).hasSize((int) passes.outputUnits(network.batch())).startsWith(true);
        assertThat(first.stream().filter(each -> each)).hasSize(1);
        assertThatMatrix(diagonal).isWithinRelativeFrobenius(diagonalOf(network), 1e-7);
    }

    /**
     * Squares of the summed gradients with random signs, or at random labels, have the Fisher diagonal as their mean. Over
     * 600 draws their mean is accurate to some 8 %; without signs rows would mix and it errs by its own size.
     */
    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.LikelihoodCases#mixingRows")
    void squaresOfSignedGradientsAverageToTheFisherDiagonal(LikelihoodCase network) {
        for (FisherLabels labels : List.of(FisherLabels.EXACT, FisherLabels.SAMPLED)) {
            FisherPasses passes = passes(network);
            LabelSampler sampler = LabelSampler.seeded(2);
            INDArray mean = Nd4j.zeros(DataType.DOUBLE, network.parameters());
            int draws = 600;
            for (int draw = 0; draw < draws; draw++) {
                passes.run(
                        network.batch(),
                        labels,
                        sampler,
                        (first, factors, gradient) -> mean.addi(gradient.mul(gradient)
                                .divi(draws * network.batch().examples())));
            }
            network.clearUntrained(mean);
            assertThatMatrix(mean).as("%s", labels).isWithinRelativeFrobenius(diagonalOf(network), 0.2);
        }
    }

    /** Random numbers are drawn in the same order with and without gradients. */
    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.NetworkCases#allDouble")
    void passesForFactorsHaveThoseOfPassesWithGradients(NetworkCase network) {
        for (FisherLabels labels : List.of(FisherLabels.EXACT, FisherLabels.SAMPLED)) {
            FisherPasses passes = FisherPasses.of(network.model());
            List<INDArray> expected = new ArrayList<>();
            List<INDArray> actual = new ArrayList<>();
            List<Boolean> first = new ArrayList<>();
            List<Boolean> firstForFactors = new ArrayList<>();

            passes.run(network.batch(), labels, LabelSampler.seeded(3), (isFirst, factors, gradient) -> {
                first.add(isFirst);
                expected.addAll(copies(factors));
            });
            passes.runForFactors(network.batch(), labels, LabelSampler.seeded(3), (isFirst, factors) -> {
                firstForFactors.add(isFirst);
                actual.addAll(copies(factors));
            });

            assertThat(firstForFactors).isEqualTo(first).isNotEmpty();
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThatMatrix(actual.get(i)).isBitEqualTo(expected.get(i));
            }
        }
    }

    /** Factors are valid until the next pass. */
    private static List<INDArray> copies(List<LayerFactors> factors) {
        return factors.stream()
                .flatMap(each -> Stream.of(each.errors().dup(), each.inputs().dup()))
                .toList();
    }

    /** At the labels of the data, a pass has the host's own errors up to the sign of an example. */
    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.NetworkCases#allDouble")
    void empiricalPassesHaveTheErrorsOfTheLabels(NetworkCase network) {
        ShadowNetwork shadow = ShadowNetwork.of(network.model());
        List<LayerFactors> expected = shadow.withLabels(network.batch());
        List<LayerFactors> actual = new ArrayList<>();

        FisherPasses.of(network.model())
                .run(
                        network.batch(),
                        FisherLabels.EMPIRICAL,
                        LabelSampler.seeded(3),
                        (first, factors, gradient) -> actual.addAll(factors));

        for (int i = 0; i < expected.size(); i++) {
            INDArray errors = expected.get(i).errors();
            assertThatMatrix(actual.get(i).errors().mul(actual.get(i).errors()))
                    .isWithinRelativeFrobenius(errors.mul(errors), 1e-12);
            assertThatMatrix(actual.get(i).inputs())
                    .isBitEqualTo(expected.get(i).inputs());
        }
    }

    @Test
    void predictedLabelsAreTheMostProbable() {
        LikelihoodCase network = LikelihoodCases.softmax();
        INDArray means = ShadowNetwork.of(network.network().model())
                .outputMeans(network.batch())
                .get(0);
        List<LayerFactors> captured = new ArrayList<>();

        passes(network)
                .run(
                        network.batch(),
                        FisherLabels.PREDICTED,
                        LabelSampler.seeded(4),
                        (first, factors, gradient) -> captured.addAll(factors));

        INDArray errors = captured.get(captured.size() - 1).errors();
        for (long row = 0; row < means.size(0); row++) {
            long best = means.getRow(row).argMax().getLong(0);
            double sign = Math.signum(-errors.getDouble(row, best)); // the error at the label is p - 1
            for (long k = 0; k < means.size(1); k++) {
                double expected = means.getDouble(row, k) - (k == best ? 1 : 0);
                assertThat(sign * errors.getDouble(row, k))
                        .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-14));
            }
        }
    }

    @Test
    void refusesPredictedLabelsOfSquaredErrors() {
        LikelihoodCase network = LikelihoodCases.dense(
                "mse", Likelihood.MEAN_SQUARED, NetworkCases.output(2, Activation.IDENTITY, LossFunction.MSE));
        assertThatThrownBy(() -> passes(network)
                        .run(
                                network.batch(),
                                FisherLabels.PREDICTED,
                                LabelSampler.seeded(4),
                                (first, factors, gradient) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PREDICTED")
                .hasMessageContaining("EXACT or SAMPLED");
    }

    /** An output of which no example is labelled has no part in the Fisher information of a task. */
    @ParameterizedTest
    @EnumSource
    void outputsWithoutLabelsTakeNoPart(FisherLabels labels) {
        LikelihoodCase network = LikelihoodCases.softmax();
        INDArray inputs = network.batch().inputs()[0];
        CurvatureBatch masked = new CurvatureBatch(
                new INDArray[] {inputs},
                new INDArray[] {Nd4j.zeros(DataType.DOUBLE, inputs.size(0), 3)},
                null,
                new INDArray[] {Nd4j.zeros(DataType.DOUBLE, inputs.size(0), 1)});
        List<LayerFactors> captured = new ArrayList<>();
        passes(network)
                .run(masked, labels, LabelSampler.seeded(6), (first, factors, gradient) -> captured.addAll(factors));
        assertThat(captured).isEmpty();
        assertThat(passes(network).outputUnits(network.batch())).isEqualTo(3);
        assertThat(passes(network).outputUnits(masked)).isZero();
    }

    private static FisherPasses passes(LikelihoodCase network) {
        return FisherPasses.of(network.network().model());
    }

    private static INDArray diagonalOf(LikelihoodCase network) {
        INDArray diagonal = Nd4j.zeros(DataType.DOUBLE, network.parameters());
        for (long i = 0; i < network.parameters(); i++) {
            INDArray unit = Nd4j.zeros(DataType.DOUBLE, network.parameters()).putScalar(i, 1);
            diagonal.putScalar(
                    i,
                    FisherOracle.product(network.network(), network.likelihoods(), unit)
                            .getDouble(i));
        }
        network.clearUntrained(diagonal);
        return diagonal;
    }
}
