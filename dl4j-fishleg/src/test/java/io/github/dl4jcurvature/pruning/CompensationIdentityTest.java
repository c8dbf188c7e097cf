/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.List;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Against the Karush-Kuhn-Tucker system of the constrained quadratic problem, solved densely by EJML. */
class CompensationIdentityTest {
    private static final int N = 20;
    private static final double DAMPING = 0.05;
    private static final DenseProblem.Dense Q = new DenseProblem.Dense();
    private static final INDArray NO_GRADIENT = Nd4j.zeros(DataType.DOUBLE, N);

    private final INDArray fisher = RandomMatrices.spdWithCondition(N, 1e3, 1);
    private final INDArray w = RandomMatrices.gaussian(N, 1, 2).reshape(N);
    private final INDArray inverse = inverse(fisher, DAMPING);
    private final INDArray removed = mask(0, 3, 4, 9, 15, 16, 17);

    @Test
    void jointCompensationSolvesTheConstrainedProblem() {
        INDArray change = Compensation.joint(Q).change(problem(NO_GRADIENT, inverse), removed);

        assertThatMatrix(change).isWithinRelativeFrobenius(kkt(NO_GRADIENT, removed), 1e-5);
        assertThat(w.add(change).mul(removed).norm2Number().doubleValue()).isLessThan(1e-5);
        // the cost in the quadratic model: half of w_S^T (Q_SS)^-1 w_S, at most that of zeroing alone
        double cost = quadratic(change);
        assertThat(cost).isCloseTo(schurCost(), within(1e-6 * cost));
        assertThat(cost).isLessThan(quadratic(w.mul(removed).neg()));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3})
    void exactCompensationSolvesTheConstrainedProblemWithItsGradient(double scale) {
        INDArray gradient = RandomMatrices.gaussian(N, 1, 3).reshape(N).muli(scale);
        ExactCompensation exact = new ExactCompensation(List.of(DAMPING), 4 * N, 1e-10, true);

        INDArray change = exact.change(problem(gradient, inverse), removed);

        INDArray stay = removed.rsub(1);
        assertThatMatrix(change.mul(stay))
                .isWithinRelativeFrobenius(kkt(gradient, removed).mul(stay), 1e-8);
    }

    @Test
    void exactCompensationLeavesDeadParametersAloneAndTakesTheBestDamping() {
        INDArray alive = mask(1, 2, 6, 12).rsub(1);
        DenseProblem problem =
                new DenseProblem(w.mul(alive), fisher, NO_GRADIENT, inverse, Nd4j.zeros(DataType.DOUBLE, 1, N), alive);
        ExactCompensation exact = new ExactCompensation(List.of(10.0, 1e-3, 0.1), 4 * N, 1e-10, true);

        INDArray change = exact.change(problem, removed);

        assertThat(change.mul(alive.rsub(1)).norm2Number().doubleValue()).isZero();
        // on the quadratic itself less damping is always better
        INDArray expected = new ExactCompensation(List.of(1e-3), 4 * N, 1e-10, true).change(problem, removed);
        assertThat(change.distance2(expected)).isLessThan(1e-7);
    }

    @Test
    void exactCompensationNeverDoesWorseThanNone() {
        INDArray wrong = RandomMatrices.gaussian(N, 1, 5).reshape(N);
        DenseProblem quadratic = problem(NO_GRADIENT, inverse);
        PruningProblem misled = new MisledProblem(quadratic, wrong.muli(100));

        INDArray change = new ExactCompensation(List.of(0.1), 4 * N, 1e-10, true).change(misled, removed);

        assertThat(change.norm2Number().doubleValue()).isZero();
    }

    /** The loss without a change is no number, that with a small one neither, and of the others the least wins. */
    @Test
    void exactCompensationLeavesLossesThatAreNoNumbers() {
        DenseProblem quadratic = problem(NO_GRADIENT, inverse);
        INDArray start = w.mul(removed.rsub(1));
        ExactCompensation exact = new ExactCompensation(List.of(1e3, 1e-3, 0.1), 4 * N, 1e-10, true);
        double least = new ExactCompensation(List.of(1e3), 4 * N, 1e-10, true)
                .change(quadratic, removed)
                .norm2Number()
                .doubleValue();

        INDArray change = exact.change(new OverflowingProblem(quadratic, start, 1.001 * least), removed);

        INDArray expected = new ExactCompensation(List.of(1e-3), 4 * N, 1e-10, true).change(quadratic, removed);
        assertThat(change.distance2(expected)).isLessThan(1e-7);
    }

    @Test
    void independentAndJointAgreeOnOneWeight() {
        INDArray single = mask(7);
        DenseProblem problem = problem(NO_GRADIENT, inverse);

        assertThatMatrix(Compensation.independent(Q).change(problem, single))
                .isWithinRelativeFrobenius(Compensation.joint(Q).change(problem, single), 1e-12);
    }

    @Test
    void aDiagonalInverseMovesNothingElseAndScoresLikeOptimalBrainDamage() {
        INDArray diagonal = RandomMatrices.uniform(new long[] {N}, 6).addi(0.5);
        DenseProblem problem = problem(NO_GRADIENT, Nd4j.diag(diagonal));

        assertThatMatrix(Compensation.joint(Q).change(problem, removed))
                .isWithinAbsolute(w.mul(removed).neg(), 1e-12);
        assertThatMatrix(Importance.inverse(Q).scores(problem))
                .isWithinRelativeFrobenius(w.mul(w).mul(diagonal.rdiv(1)).div(2), 1e-14);
    }

    @Test
    void theScaleOfTheInverseChangesNeitherRankingNorChange() {
        DenseProblem problem = problem(NO_GRADIENT, inverse);
        DenseProblem scaled = problem(NO_GRADIENT, inverse.mul(37));

        assertThatMatrix(Compensation.joint(Q).change(scaled, removed))
                .isWithinRelativeFrobenius(Compensation.joint(Q).change(problem, removed), 1e-9);
        assertThatMatrix(Importance.inverse(Q).scores(scaled).mul(37))
                .isWithinRelativeFrobenius(Importance.inverse(Q).scores(problem), 1e-12);
        assertThatMatrix(Importance.inverse(Q)
                        .scores(problem(NO_GRADIENT, Nd4j.eye(N).castTo(DataType.DOUBLE))))
                .isWithinRelativeFrobenius(
                        Importance.magnitude().scores(problem).div(2), 1e-14);
    }

    @Test
    void theBlockInverseIsThatOfTheEmpiricalFisherMatrix() {
        INDArray examples = RandomMatrices.gaussian(7, N, 8);
        DenseProblem problem = new DenseProblem(w, fisher, NO_GRADIENT, inverse, examples, mask(5).rsub(1));
        InverseCurvature blocks = problem.inverse(new BlockInverse(8, 1e-2, 7));
        INDArray masked = examples.mulRowVector(problem.alive());
        INDArray empirical = masked.transpose().mmul(masked).div(7);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                if (i / 8 != j / 8) {
                    empirical.putScalar(i, j, 0);
                }
            }
        }
        INDArray expected = inverse(empirical, 1e-2);

        assertThatMatrix(blocks.diagonal()).isWithinRelativeFrobenius(Nd4j.diag(expected), 1e-10);
        assertThatMatrix(blocks.multiply(w)).isWithinRelativeFrobenius(expected.mmul(w), 1e-10);
        assertThatMatrix(Importance.empiricalDiagonal(7).scores(problem))
                .isWithinRelativeFrobenius(
                        examples.mul(examples)
                                .mean(0)
                                .addi(1e-8)
                                .muli(w)
                                .muli(w)
                                .divi(2),
                        1e-12);
    }

    /** Seven examples and seven blocks of three, the last of two: 21 elements a block. One, two, three and six blocks at a time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 42, 63, 126})
    void theBlockInverseDoesNotDependOnHowManyBlocksAreFormedAtATime(long elements) {
        DenseProblem problem =
                new DenseProblem(w, fisher, NO_GRADIENT, inverse, RandomMatrices.gaussian(7, N, 8), mask(5).rsub(1));
        BlockInverse settings = new BlockInverse(3, 1e-2, 7);

        BlockInverseCurvature pieces = BlockInverseCurvature.of(settings, problem, elements);

        BlockInverseCurvature whole = BlockInverseCurvature.of(settings, problem);
        assertThatMatrix(pieces.diagonal()).isBitEqualTo(whole.diagonal());
        assertThatMatrix(pieces.multiply(w)).isBitEqualTo(whole.multiply(w));
    }

    @Test
    void theScoreOfFishLegIsThatOfTheLearnedInverse() {
        assertThat(Importance.fishLeg()).isEqualTo(Importance.inverse(new LearnedInverse()));
    }

    @Test
    void misuseIsNamed() {
        assertThatThrownBy(() -> new BlockInverse(0, 1, 1)).hasMessageContaining("blockSize");
        assertThatThrownBy(() -> new BlockInverse(1, 0, 1)).hasMessageContaining("damping");
        assertThatThrownBy(() -> new BlockInverse(1, 1, 0)).hasMessageContaining("examples");
        assertThatThrownBy(() -> Importance.empiricalDiagonal(0)).hasMessageContaining("examples");
        assertThatThrownBy(() -> new ExactCompensation(List.of(), 1, 0.1, true))
                .hasMessageContaining("dampings is empty");
        assertThatThrownBy(() -> new ExactCompensation(List.of(-1.0), 1, 0.1, true))
                .hasMessageContaining("-1.0");
        assertThatThrownBy(() -> new LearnedInverse().withDamping(Double.NaN)).hasMessageContaining("damping");
        assertThatThrownBy(() -> new LearnedInverse().withSteps(0, 0)).hasMessageContaining("steps");
    }

    private DenseProblem problem(INDArray gradient, INDArray q) {
        return DenseProblem.of(w, fisher, gradient, q);
    }

    private double quadratic(INDArray change) {
        INDArray damped = fisher.mmul(change).add(change.mul(DAMPING));
        return change.mul(damped).sumNumber().doubleValue() / 2;
    }

    private double schurCost() {
        int[] s = indices();
        DMatrixRMaj q = new DMatrixRMaj(s.length, s.length);
        DMatrixRMaj ws = new DMatrixRMaj(s.length, 1);
        for (int i = 0; i < s.length; i++) {
            ws.set(i, 0, w.getDouble(s[i]));
            for (int j = 0; j < s.length; j++) {
                q.set(i, j, inverse.getDouble(s[i], s[j]));
            }
        }
        DMatrixRMaj mu = new DMatrixRMaj(s.length, 1);
        CommonOps_DDRM.solve(q, ws, mu);
        return CommonOps_DDRM.dot(ws, mu) / 2;
    }

    private int[] indices() {
        return java.util.stream.IntStream.range(0, N)
                .filter(i -> removed.getDouble(i) == 1)
                .toArray();
    }

    /** The change that minimises g d + d (F + c I) d / 2 subject to d_S = -w_S, from its optimality conditions. */
    private INDArray kkt(INDArray gradient, INDArray mask) {
        int[] s = indices();
        DMatrixRMaj system = new DMatrixRMaj(N + s.length, N + s.length);
        DMatrixRMaj right = new DMatrixRMaj(N + s.length, 1);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                system.set(i, j, fisher.getDouble(i, j) + (i == j ? DAMPING : 0));
            }
            right.set(i, 0, -gradient.getDouble(i));
        }
        for (int k = 0; k < s.length; k++) {
            system.set(N + k, s[k], 1);
            system.set(s[k], N + k, 1);
            right.set(N + k, 0, -w.getDouble(s[k]));
        }
        DMatrixRMaj solution = new DMatrixRMaj(N + s.length, 1);
        CommonOps_DDRM.solve(system, right, solution);
        INDArray change = mask.like();
        for (int i = 0; i < N; i++) {
            change.putScalar(i, solution.get(i, 0));
        }
        return change;
    }

    private static INDArray inverse(INDArray matrix, double damping) {
        DMatrixRMaj damped = new DMatrixRMaj(N, N);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                damped.set(i, j, matrix.getDouble(i, j) + (i == j ? damping : 0));
            }
        }
        CommonOps_DDRM.invert(damped);
        INDArray result = Nd4j.zeros(DataType.DOUBLE, N, N);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                result.putScalar(i, j, damped.get(i, j));
            }
        }
        return result;
    }

    private static INDArray mask(int... indices) {
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, N);
        for (int index : indices) {
            mask.putScalar(index, 1);
        }
        return mask;
    }

    /** A problem with another gradient or loss. */
    private abstract static class OtherProblem implements PruningProblem {
        private final DenseProblem problem;

        OtherProblem(DenseProblem problem) {
            this.problem = problem;
        }

        @Override
        public INDArray gradient() {
            return problem.gradient();
        }

        @Override
        public INDArray parameters() {
            return problem.parameters();
        }

        @Override
        public INDArray alive() {
            return problem.alive();
        }

        @Override
        public INDArray prunable() {
            return problem.prunable();
        }

        @Override
        public INDArray fisherProduct(INDArray v) {
            return problem.fisherProduct(v);
        }

        @Override
        public double loss(INDArray candidate) {
            return problem.loss(candidate);
        }

        @Override
        public io.github.dl4jcurvature.fisher.ExampleGradients exampleGradients(int count) {
            return problem.exampleGradients(count);
        }

        @Override
        public InverseCurvature inverse(InverseCurvature.Recipe model) {
            return problem.inverse(model);
        }
    }

    /** Reports another gradient than that of its loss. */
    private static final class MisledProblem extends OtherProblem {
        private final INDArray gradient;

        MisledProblem(DenseProblem problem, INDArray gradient) {
            super(problem);
            this.gradient = gradient;
        }

        @Override
        public INDArray gradient() {
            return gradient;
        }
    }

    /** Its loss is no number in a ball. */
    private static final class OverflowingProblem extends OtherProblem {
        private final INDArray centre;
        private final double radius;

        OverflowingProblem(DenseProblem problem, INDArray centre, double radius) {
            super(problem);
            this.centre = centre;
            this.radius = radius;
        }

        @Override
        public double loss(INDArray candidate) {
            return candidate.distance2(centre) <= radius ? Double.NaN : super.loss(candidate);
        }
    }
}
