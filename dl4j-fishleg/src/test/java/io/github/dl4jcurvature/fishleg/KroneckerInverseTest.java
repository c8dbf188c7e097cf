/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Against the matrix M kron P of order 15, built entry by entry, and finite differences.
 *
 * <p>All matrices are of order 5 or below with entries of order 1; products of four of them carry an error of about 1e-15
 * times 5^4. A swapped factor or a missing transpose errs by order 1, for 3 x 5 is not square.
 */
class KroneckerInverseTest {
    private static final double TOLERANCE = 1e-12;
    private static final String SEEDS = "io.github.dl4jcurvature.testkit.Seeds#seeds";
    private static final int OUTPUTS = 3;
    private static final int JOINT = 5;
    private static final int ROWS = 7;

    @ParameterizedTest
    @MethodSource(SEEDS)
    void multipliesByTheKroneckerProductAndKnowsItsDiagonal(long seed) {
        INDArray lambda = lambda(seed);
        INDArray q = kronecker(lambda);
        KroneckerInverse inverse = inverse(lambda);
        INDArray u = RandomMatrices.gaussian(OUTPUTS, JOINT, seed + 100);
        INDArray product = u.like();
        inverse.apply(u, product);
        INDArray expected = q.mmul(column(u)).reshape('c', OUTPUTS, JOINT);
        assertThatMatrix(product).isWithinRelativeFrobenius(expected, TOLERANCE);
        assertThatMatrix(inverse.diagonal())
                .isWithinRelativeFrobenius(Nd4j.diag(q).reshape('c', OUTPUTS, JOINT), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource(SEEDS)
    void factorGradientIsTheDerivativeOfTheInnerProduct(long seed) {
        INDArray lambda = lambda(seed);
        INDArray u = RandomMatrices.gaussian(OUTPUTS, JOINT, seed + 100);
        INDArray t = RandomMatrices.gaussian(OUTPUTS, JOINT, seed + 200);
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, lambda.length());
        inverse(lambda).factorGradient(u, t, gradient);
        INDArray expected = FiniteDifferences.gradient(
                point -> kronecker(point)
                        .mmul(column(u))
                        .mul(column(t))
                        .sumNumber()
                        .doubleValue(),
                lambda);
        assertThatMatrix(gradient).isWithinRelativeFrobenius(expected, 1e-9); // accuracy of the differences
    }

    @ParameterizedTest
    @MethodSource(SEEDS)
    void worksAtTheRankOfTheBatchWithAndWithoutBias(long seed) {
        for (boolean bias : new boolean[] {true, false}) {
            INDArray lambda = lambda(seed);
            KroneckerInverse inverse = inverse(lambda);
            int inputs = bias ? JOINT - 1 : JOINT;
            INDArray a = RandomMatrices.gaussian(ROWS, inputs, seed + 300);
            INDArray e = RandomMatrices.gaussian(ROWS, OUTPUTS, seed + 400).dup('f');
            INDArray joint = bias ? Nd4j.hstack(a, Nd4j.ones(DataType.DOUBLE, ROWS, 1)) : a;
            double scale = 0.25;
            INDArray u = e.transpose().mmul(joint).mul(scale).dup('c');
            INDArray t = RandomMatrices.gaussian(OUTPUTS, JOINT, seed + 500);

            INDArray expected = u.like();
            inverse.apply(u, expected);
            SubBlockPlan block = bias
                    ? TestBlocks.withBias(OUTPUTS, JOINT, FishLeg.Form.KRONECKER)
                    : TestBlocks.whole(OUTPUTS, JOINT, FishLeg.Form.KRONECKER);
            BlockPlan plan = new BlockPlan("layer", new long[] {(long) OUTPUTS * JOINT}, List.of(block), false);
            BlockVector flat = BlockVector.of(hostLayout(u, bias), plan);
            BlockVector result = BlockVector.of(flat.flat().like(), plan);
            KroneckerInverse.RankTerms terms = inverse.project(a, e);
            inverse.apply(terms, scale, result.blocks().get(0));
            assertThatMatrix(result.flat()).isWithinRelativeFrobenius(hostLayout(expected, bias), TOLERANCE);

            // another instance: no intermediate result of the products above is left in its memory
            inverse(lambda).apply(2, flat.blocks().get(0), result.blocks().get(0));
            assertThatMatrix(result.flat())
                    .isWithinRelativeFrobenius(hostLayout(expected, bias).mul(2), TOLERANCE);

            INDArray dense = Nd4j.zeros(DataType.DOUBLE, lambda.length());
            INDArray ranked = dense.dup();
            inverse.factorGradient(terms, scale, t, ranked);
            inverse.factorGradient(u, t, dense);
            assertThatMatrix(ranked).isWithinRelativeFrobenius(dense, TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource(SEEDS)
    void startsAsAMultipleOfTheIdentity(long seed) {
        INDArray u = RandomMatrices.gaussian(OUTPUTS, JOINT, seed);
        for (FishLeg.Form form : FishLeg.Form.values()) {
            SubBlockPlan plan = TestBlocks.whole(OUTPUTS, JOINT, form);
            InverseFisher inverse = plan.inverse(RandomMatrices.gaussian(new long[] {plan.factors()}, seed));
            inverse.initialise(0.3);
            inverse.refresh();
            INDArray product = u.like();
            inverse.apply(u, product);
            assertThatMatrix(product).isWithinRelativeFrobenius(u.mul(0.3), TOLERANCE);
        }
    }

    /** The form without a scale attains a diagonal of rank one, the form with one any positive diagonal. */
    @ParameterizedTest
    @EnumSource(FishLeg.Form.class)
    void startsAsTheDiagonalMatrixWished(FishLeg.Form form) {
        INDArray wished = RandomMatrices.uniform(new long[] {OUTPUTS, JOINT}, 1).addi(0.5);
        if (form == FishLeg.Form.KRONECKER) {
            for (int row = 0; row < OUTPUTS; row++) {
                for (int column = 0; column < JOINT; column++) {
                    wished.putScalar(row, column, (row + 1) * (0.5 + column));
                }
            }
        }
        SubBlockPlan plan = TestBlocks.whole(OUTPUTS, JOINT, form);
        InverseFisher inverse = plan.inverse(RandomMatrices.gaussian(new long[] {plan.factors()}, 2));
        inverse.initialise(wished);
        inverse.refresh();
        INDArray u = RandomMatrices.gaussian(OUTPUTS, JOINT, 3);
        INDArray product = u.like();
        inverse.apply(u, product);
        assertThatMatrix(product).isWithinRelativeFrobenius(u.mul(wished), TOLERANCE);
        assertThatMatrix(inverse.diagonal()).isWithinRelativeFrobenius(wished, TOLERANCE);
    }

    /** Multiplications of matrices of order 3: 2 x 27 for the full product, (9 + 9 + 9) for each row of the batch. */
    @Test
    void theRankOfTheBatchIsCheaperBelowTwoRowsForMatricesOfOrderThree() {
        assertThat(KroneckerInverse.isRankCheaper(3, 3, 1)).isTrue();
        assertThat(KroneckerInverse.isRankCheaper(3, 3, 2)).isFalse();
    }

    /** Weights row by row, then the bias. */
    private static INDArray hostLayout(INDArray joint, boolean bias) {
        if (!bias) {
            return joint.dup('c').reshape('c', new long[] {joint.length()});
        }
        INDArray flat = Nd4j.zeros(DataType.DOUBLE, joint.length());
        for (int row = 0; row < OUTPUTS; row++) {
            for (int column = 0; column < JOINT - 1; column++) {
                flat.putScalar(row * (JOINT - 1L) + column, joint.getDouble(row, column));
            }
            flat.putScalar(OUTPUTS * (JOINT - 1L) + row, joint.getDouble(row, JOINT - 1));
        }
        return flat;
    }

    private static KroneckerInverse inverse(INDArray lambda) {
        KroneckerInverse inverse = new KroneckerInverse(OUTPUTS, JOINT, lambda);
        inverse.refresh();
        return inverse;
    }

    private static INDArray lambda(long seed) {
        return RandomMatrices.gaussian(new long[] {KroneckerInverse.size(OUTPUTS, JOINT)}, seed);
    }

    /** R^T R kron L L^T for row-major vectors. */
    private static INDArray kronecker(INDArray lambda) {
        double[] values = lambda.toDoubleVector();
        INDArray q = Nd4j.zeros(DataType.DOUBLE, OUTPUTS * JOINT, OUTPUTS * JOINT);
        for (int row = 0; row < OUTPUTS * JOINT; row++) {
            for (int column = 0; column < OUTPUTS * JOINT; column++) {
                double m = 0;
                for (int k = 0; k < OUTPUTS; k++) {
                    m += right(values, k, row / JOINT) * right(values, k, column / JOINT);
                }
                double p = 0;
                for (int k = 0; k < JOINT; k++) {
                    p += values[row % JOINT * JOINT + k] * values[column % JOINT * JOINT + k];
                }
                q.putScalar(row, column, m * p);
            }
        }
        return q;
    }

    private static double right(double[] values, int row, int column) {
        return values[JOINT * JOINT + row * OUTPUTS + column];
    }

    private static INDArray column(INDArray matrix) {
        return matrix.dup('c').reshape('c', matrix.length(), 1);
    }
}
