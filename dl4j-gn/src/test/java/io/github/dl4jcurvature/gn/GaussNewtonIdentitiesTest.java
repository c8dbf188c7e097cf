/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularValueDecomposition;
import io.github.dl4jcurvature.testkit.FiniteDifferences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Identities of reversible blocks and of their steps.
 *
 * <p>Eight columns, twelve or more hidden activations, conditions of the activations up to 1e3; tolerances are ten and more
 * times what rounding was seen to cause.
 */
class GaussNewtonIdentitiesTest {
    private static final FeatureSolver SOLVER = FeatureSolver.truncated(1e-7, 0);

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 50})
    void inversionRecoversTheInput(int blocks) {
        RandomNetwork network = new RandomNetwork(1, 8, 12, blocks, 0.1, Activation.TANH);
        INDArray x = network.normal(6, 8, 1);
        INDArray y = network.outputs(x);
        for (int l = blocks - 1; l >= 0; l--) {
            network.blocks.get(l).inverse(y);
        }
        assertThatMatrix(y).isWithinAbsolute(x, 1e-10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"TANH", "SOFTPLUS", "RELU", "LEAKYRELU", "SIGMOID", "IDENTITY"})
    void tangentsComeBackUnchanged(Activation activation) {
        RandomNetwork network = new RandomNetwork(2, 8, 12, 3, 0.3, activation);
        List<CouplingPoint> points = network.points(network.normal(5, 8, 1));
        INDArray tangent = network.normal(5, 8, 1);
        INDArray moving = tangent.dup('c');
        points.forEach(point -> point.pushForward(moving));
        assertThat(moving.distance2(tangent)).isGreaterThan(1e-2);
        for (int l = 2; l >= 0; l--) {
            points.get(l).pullBackTangent(moving);
        }
        assertThatMatrix(moving).isWithinAbsolute(tangent, 1e-12);
    }

    @Test
    void gradientsAreAdjointToTangents() {
        RandomNetwork network = new RandomNetwork(3, 8, 12, 1, 0.3, Activation.TANH);
        CouplingPoint point = network.points(network.normal(5, 8, 1)).get(0);
        INDArray s = network.normal(5, 8, 1);
        INDArray g = network.normal(5, 8, 1);
        INDArray pushed = s.dup('c');
        point.pushForward(pushed);
        INDArray pulled = g.dup('c');
        point.pullBackGradient(
                pulled,
                new BlockGradients(
                        network.normal(12, 4, 1),
                        network.normal(1, 4, 1),
                        network.normal(12, 4, 1),
                        network.normal(1, 4, 1)));
        double expected = g.mul(pushed).sumNumber().doubleValue();
        assertThat(pulled.mul(s).sumNumber().doubleValue())
                .isCloseTo(expected, within(1e-12 * Math.abs(expected) + 1e-12));
    }

    @Test
    void tangentsAreDirectionalDerivatives() {
        RandomNetwork network = new RandomNetwork(4, 8, 12, 1, 0.3, Activation.TANH);
        INDArray x = network.normal(5, 8, 1);
        INDArray s = network.normal(5, 8, 1);
        INDArray pushed = s.dup('c');
        network.points(x).get(0).pushForward(pushed);
        assertThatMatrix(FiniteDifferences.differential(network::outputs, x, s))
                .isWithinRelativeFrobenius(pushed, 1e-7);
    }

    /** The oracle of exactness knows nothing of the solver: outputs before and after a small part of the step. */
    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"TANH", "SOFTPLUS", "SIGMOID"})
    void everyBlockAndAllTogetherMoveTheOutputsByTheResidual(Activation activation) {
        int blocks = 3;
        RandomNetwork network = new RandomNetwork(5, 8, 24, blocks, 0.1, activation);
        INDArray x = network.normal(6, 8, 1);
        INDArray residual = network.normal(6, 8, 1);
        List<INDArray> steps = network.steps(x, residual, SOLVER);
        INDArray jacobian = network.jacobian(x);
        for (int l = 0; l < blocks; l++) {
            List<INDArray> alone = only(steps, l);
            assertThatMatrix(jacobian.mmul(RandomNetwork.flat(alone)).reshape('c', 6, 8))
                    .as("block %d", l)
                    .isWithinRelativeFrobenius(residual, 1e-10);
        }
        assertThatMatrix(jacobian.mmul(RandomNetwork.flat(steps)).div(blocks).reshape('c', 6, 8))
                .as("1/L of all")
                .isWithinRelativeFrobenius(residual, 1e-10);
        assertThatMatrix(network.moved(x, steps, 1e-6).div(blocks))
                .as("differences")
                .isWithinRelativeFrobenius(residual, 1e-5);
        assertThat(network.moved(x, steps, 1e-6).distance2(residual))
                .as("without 1/L the outputs move too far")
                .isGreaterThan(residual.norm2Number().doubleValue());
    }

    private static List<INDArray> only(List<INDArray> steps, int block) {
        List<INDArray> alone = new ArrayList<>();
        for (int k = 0; k < steps.size(); k++) {
            alone.add(k / 2 == block ? steps.get(k) : steps.get(k).mul(0));
        }
        return alone;
    }

    @Test
    void normalEquationsHoldAndTheStepIsNoShorterThanTheLeastNormOne() {
        RandomNetwork network = new RandomNetwork(6, 8, 24, 2, 0.1, Activation.TANH);
        INDArray x = network.normal(6, 8, 1);
        INDArray labels = network.normal(6, 8, 1);
        INDArray error = network.outputs(x).sub(labels);
        INDArray step = RandomNetwork.flat(network.steps(x, error, SOLVER)).div(2);
        INDArray jacobian = network.jacobian(x);
        INDArray e = error.dup('c').reshape('c', error.length(), 1);
        assertThatMatrix(jacobian.transpose().mmul(jacobian.mmul(step)))
                .isWithinRelativeFrobenius(jacobian.transpose().mmul(e), 1e-10);
        INDArray least = leastNorm(jacobian, e);
        assertThat(step.norm2Number().doubleValue())
                .isGreaterThanOrEqualTo(least.norm2Number().doubleValue());
        assertThat(jacobian.mmul(step.sub(least)).norm2Number().doubleValue())
                .isLessThan(1e-9 * e.norm2Number().doubleValue());
    }

    private static INDArray leastNorm(INDArray jacobian, INDArray e) {
        SingularValueDecomposition svd = SingularValueDecomposition.of(jacobian);
        return svd.v()
                .mmul(svd.u()
                        .transpose()
                        .mmul(e)
                        .divColumnVector(svd.values().reshape(svd.values().length(), 1)));
    }

    @Test
    void stepsLieInTheRowSpaceAndTheSecondHalfIsTheTangentsAtFullRankOnly() {
        RandomNetwork network = new RandomNetwork(7, 8, 24, 1, 0.3, Activation.TANH);
        INDArray x = network.normal(6, 8, 1);
        INDArray residual = network.normal(6, 8, 1);
        CouplingPoint point = network.points(x).get(0);
        List<INDArray> steps = network.steps(x, residual, SOLVER);
        INDArray tangent = residual.dup('c');
        point.pullBackTangent(tangent);
        try (ColumnMajor f = point.f().columns();
                ColumnMajor g = point.g().columns()) {
            INDArray projected = pseudoInverse(f.array(), 0).mmul(f.array().mmul(steps.get(0)));
            assertThatMatrix(projected).isWithinRelativeFrobenius(steps.get(0), 1e-10);
            INDArray shortcut = pseudoInverse(g.array(), 0).mmul(Halves.second(tangent));
            assertThatMatrix(steps.get(1)).isWithinRelativeFrobenius(shortcut, 1e-9);

            INDArray truncated =
                    network.steps(x, residual, FeatureSolver.truncated(0.2, 0)).get(1);
            INDArray truncatedShortcut = pseudoInverse(g.array(), 0.2).mmul(Halves.second(tangent));
            assertThat(truncated.distance2(truncatedShortcut)
                            / truncated.norm2Number().doubleValue())
                    .isGreaterThan(1e-3);
        }
    }

    private static INDArray pseudoInverse(INDArray a, double relative) {
        SingularValueDecomposition svd = SingularValueDecomposition.of(a);
        double[] values = svd.values().toDoubleVector();
        INDArray inverse = Nd4j.createFromArray(values);
        for (int i = 0; i < values.length; i++) {
            inverse.putScalar(i, values[i] >= relative * values[0] ? 1 / values[i] : 0);
        }
        return svd.v().mulRowVector(inverse).mmul(svd.u().transpose());
    }

    /** Without the correction for what U_F does to Y_2, J Delta misses the residual by the size of the weights. */
    @Test
    void ignoringTheKnockOnWouldBeSeen() {
        RandomNetwork network = new RandomNetwork(8, 8, 24, 1, 0.3, Activation.TANH);
        INDArray x = network.normal(6, 8, 1);
        INDArray residual = network.normal(6, 8, 1);
        CouplingPoint point = network.points(x).get(0);
        List<INDArray> steps = network.steps(x, residual, SOLVER);
        INDArray jacobian = network.jacobian(x);
        INDArray uncorrected;
        try (ColumnMajor g = point.g().columns()) {
            uncorrected = pseudoInverse(g.array(), 0).mmul(Halves.second(residual));
        }
        INDArray moved = jacobian.mmul(RandomNetwork.flat(List.of(steps.get(0), uncorrected)));
        assertThat(moved.reshape('c', 6, 8).distance2(residual)
                        / residual.norm2Number().doubleValue())
                .isGreaterThan(0.05);
        assertThatMatrix(jacobian.mmul(RandomNetwork.flat(steps)).reshape('c', 6, 8))
                .isWithinRelativeFrobenius(residual, 1e-10);
    }

    @Test
    void deviationFromTheLinearModelIsOfSecondOrder() {
        RandomNetwork network = new RandomNetwork(9, 8, 24, 2, 0.1, Activation.TANH);
        INDArray x = network.normal(6, 8, 1);
        INDArray residual = network.normal(6, 8, 1);
        List<INDArray> steps = network.steps(x, residual, SOLVER);
        INDArray before = network.outputs(x);
        double coarse = deviation(network, x, before, residual, steps, 1e-3);
        double fine = deviation(network, x, before, residual, steps, 1e-4);
        assertThat(coarse / fine).isCloseTo(100, within(5.0));
    }

    private static double deviation(
            RandomNetwork network, INDArray x, INDArray before, INDArray residual, List<INDArray> steps, double a) {
        network.move(steps, a / network.blocks.size());
        double deviation = network.outputs(x)
                .sub(before)
                .addi(residual.mul(a))
                .norm2Number()
                .doubleValue();
        network.move(steps, -a / network.blocks.size());
        return deviation;
    }

    @Test
    void sequenceDuplicatesAndEmptyExamplesDoNotMatter() {
        RandomNetwork network = new RandomNetwork(10, 8, 24, 2, 0.3, Activation.TANH);
        INDArray x = network.normal(6, 8, 1);
        INDArray residual = network.normal(6, 8, 1);
        List<INDArray> expected = network.steps(x, residual, SOLVER);

        List<Integer> rows = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
        Collections.reverse(rows);
        assertSame(network.steps(pick(x, rows), pick(residual, rows), SOLVER), expected, 1e-11);
        rows.add(3);
        assertSame(network.steps(pick(x, rows), pick(residual, rows), SOLVER), expected, 1e-8);
    }

    private static INDArray pick(INDArray matrix, List<Integer> rows) {
        return Nd4j.vstack(rows.stream().map(matrix::getRow).toArray(INDArray[]::new));
    }

    private static void assertSame(List<INDArray> actual, List<INDArray> expected, double tolerance) {
        for (int k = 0; k < expected.size(); k++) {
            assertThatMatrix(actual.get(k)).isWithinRelativeFrobenius(expected.get(k), tolerance);
        }
    }

    @Test
    void zeroRowsOfActivationsAndTargetsEqualAbsentOnes() {
        RandomNetwork network = new RandomNetwork(11, 8, 24, 1, 0.3, Activation.TANH);
        INDArray a = network.normal(6, 25, 1);
        INDArray t = network.normal(6, 4, 1);
        INDArray expected = solve(
                a.get(NDArrayIndex.interval(0, 5), NDArrayIndex.all()),
                t.get(NDArrayIndex.interval(0, 5), NDArrayIndex.all()));
        a.getRow(5).assign(0);
        t.getRow(5).assign(0);
        assertThatMatrix(solve(a, t)).isWithinRelativeFrobenius(expected, 1e-12);
    }

    private static INDArray solve(INDArray a, INDArray t) {
        try (ColumnMajor columns = ColumnMajor.copyOf("a", a);
                ColumnMajor wanted = ColumnMajor.copyOf("t", t)) {
            return SOLVER.solve(columns, wanted).parameters().array();
        }
    }

    @Test
    void moreExamplesThanActivationsCannotBeExactAndAreReportedSo() {
        RandomNetwork network = new RandomNetwork(12, 8, 12, 1, 0.3, Activation.TANH);
        INDArray x = network.normal(14, 8, 1);
        INDArray residual = network.normal(14, 8, 1);
        List<INDArray> steps = network.steps(x, residual, SOLVER);
        INDArray moved = network.jacobian(x).mmul(RandomNetwork.flat(steps)).reshape('c', 14, 8);
        double missed = moved.distance2(residual) / residual.norm2Number().doubleValue();
        assertThat(missed).isGreaterThan(0.05);
        assertThat(network.points(x)
                        .get(0)
                        .gaussNewton(residual, SOLVER)
                        .report()
                        .residual())
                .isCloseTo(missed, within(0.5 * missed));
    }

    @Test
    void dampingAndTruncationTendToThePseudoInverse() {
        RandomNetwork network = new RandomNetwork(13, 8, 24, 1, 0.3, Activation.TANH);
        for (int rows : new int[] {6, 40}) {
            INDArray a = network.normal(rows, 25, 1);
            INDArray t = network.normal(rows, 4, 1);
            INDArray expected = pseudoInverse(a, 0).mmul(t);
            try (ColumnMajor columns = ColumnMajor.copyOf("a", a);
                    ColumnMajor wanted = ColumnMajor.copyOf("t", t)) {
                assertThatMatrix(SOLVER.solve(columns, wanted).parameters().array())
                        .isWithinRelativeFrobenius(expected, 1e-12);
                assertThatMatrix(FeatureSolver.damped(1e-9)
                                .solve(columns, wanted)
                                .parameters()
                                .array())
                        .isWithinRelativeFrobenius(expected, 1e-7);
                assertThatMatrix(FeatureSolver.relativelyDamped(1e-11)
                                .solve(columns, wanted)
                                .parameters()
                                .array())
                        .isWithinRelativeFrobenius(expected, 1e-7);
            }
        }
    }
}
