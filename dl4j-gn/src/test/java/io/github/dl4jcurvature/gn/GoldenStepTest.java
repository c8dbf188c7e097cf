/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Single steps against recorded ones; conditions of the activations reach 1e3, those of their squares 1e6. */
class GoldenStepTest {
    private static final double TOLERANCE = 1e-10;

    static Stream<GoldenCase> steps() {
        return GoldenCases.in("gn").matching("g*");
    }

    @ParameterizedTest
    @MethodSource("steps")
    void forwardPassResidualAndTangentsAgree(GoldenCase recorded) {
        RecordedStep network = new RecordedStep(recorded);
        INDArray logits = network.logits(network.array("X"));
        assertThatMatrix(logits).isWithinRelativeFrobenius(network.array("logits"), TOLERANCE);
        INDArray residual = network.residual(logits);
        assertThatMatrix(residual).isWithinRelativeFrobenius(network.array("residual"), TOLERANCE);

        RecordedStep.Steps steps = network.steps(network.solver(), residual);
        for (int l = 0; l < network.blocks.size(); l++) {
            assertThatMatrix(steps.tangents().get(l))
                    .as("tangent at the input of block %d", l)
                    .isWithinRelativeFrobenius(network.array(l, "t_in"), TOLERANCE);
            INDArray y = network.array(l, "x_in").dup('c');
            network.blocks.get(l).forward(y);
            assertThatMatrix(y).isWithinRelativeFrobenius(network.array(l, "x_out"), TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("steps")
    void stepsOfAllBlocksAgree(GoldenCase recorded) {
        RecordedStep network = new RecordedStep(recorded);
        RecordedStep.Steps steps = network.steps(network.solver(), network.array("residual"));
        for (int l = 0; l < network.blocks.size(); l++) {
            BlockStep step = steps.blocks().get(l);
            assertStep(step.f().array(), network, l, "f");
            assertStep(step.g().array(), network, l, "g");
        }
        network.move(steps, network.number("alpha") / network.blocks.size());
        assertThatMatrix(network.logits(network.array("X")))
                .as("outputs after the step")
                .isWithinRelativeFrobenius(network.array("logits_after"), TOLERANCE);
    }

    private static void assertStep(INDArray actual, RecordedStep network, int l, String half) {
        INDArray weights = network.array(l, "gn_W" + half);
        INDArray bias = network.bias(l, "gn_b" + half);
        INDArray expected = bias == null ? weights : Nd4j.vstack(weights, bias);
        assertThatMatrix(actual)
                .as("step of block %d, half %s", l, half)
                .isWithinRelativeFrobenius(expected, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void reportedResidualIsTheShareThatAllBlocksTogetherMiss(GoldenCase recorded) {
        RecordedStep network = new RecordedStep(recorded);
        RecordedStep.Steps steps = network.steps(network.solver(), network.array("residual"));
        double exact = network.number("linearised_residual_rel");
        double worst = steps.blocks().stream()
                .mapToDouble(step -> step.report().residual())
                .max()
                .orElseThrow();
        if (exact < 1e-10) {
            assertThat(worst).isLessThan(1e-10);
        } else {
            assertThat(worst).isGreaterThan(exact / network.blocks.size());
        }
    }

    @ParameterizedTest
    @MethodSource("steps")
    void ordinaryGradientsAgree(GoldenCase recorded) {
        RecordedStep network = new RecordedStep(recorded);
        INDArray errors = RecordedStep.residual(
                        network.likelihood(), ResidualMode.IDENTITY, 0, network.array("logits"), network.array("Y"))
                .divi(network.number("n"));
        INDArray readout = network.readout();
        INDArray gradient = (readout == null ? errors : errors.mmul(readout.transpose())).dup('c');
        for (int l = network.blocks.size() - 1; l >= 0; l--) {
            BlockGradients target = new BlockGradients(
                    network.array(l, "Wf"), network.bias(l, "bf"), network.array(l, "Wg"), network.bias(l, "bg"));
            network.blocks.get(l).atInput(network.array(l, "x_in")).pullBackGradient(gradient, target);
            assertGradient(target.weightsF(), target.biasF(), network, l, "f");
            assertGradient(target.weightsG(), target.biasG(), network, l, "g");
        }
    }

    private static void assertGradient(
            INDArray weights,
            @org.jspecify.annotations.Nullable INDArray bias,
            RecordedStep network,
            int l,
            String half) {
        assertThatMatrix(weights).isWithinRelativeFrobenius(network.array(l, "grad_W" + half), TOLERANCE);
        if (bias != null) {
            assertThat(bias.distance2(network.array(l, "grad_b" + half).reshape(bias.shape())))
                    .isCloseTo(0, within(TOLERANCE));
        }
    }
}
