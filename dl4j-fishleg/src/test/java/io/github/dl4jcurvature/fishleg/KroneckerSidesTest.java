/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Q U = M U P with full or diagonal M and P, against products of dense matrices. */
class KroneckerSidesTest {
    private static final int OUTPUTS = 3;
    private static final int JOINT = 4;

    private record Sides(boolean diagonalOutputs, boolean diagonalInputs) {
        long size() {
            return KroneckerSides.size(OUTPUTS, JOINT, diagonalOutputs, diagonalInputs);
        }

        KroneckerSides of(INDArray lambda) {
            KroneckerSides sides = new KroneckerSides(OUTPUTS, JOINT, diagonalOutputs, diagonalInputs, lambda);
            sides.refresh();
            return sides;
        }

        /** L, row after row, or the diagonal of a diagonal one. */
        INDArray p(INDArray lambda) {
            INDArray left = diagonalInputs
                    ? Nd4j.diag(part(lambda, 0, JOINT))
                    : part(lambda, 0, JOINT * JOINT).reshape(JOINT, JOINT);
            return left.mmul(left.transpose());
        }

        INDArray m(INDArray lambda) {
            long from = diagonalInputs ? JOINT : JOINT * JOINT;
            INDArray right = diagonalOutputs
                    ? Nd4j.diag(part(lambda, from, OUTPUTS))
                    : part(lambda, from, OUTPUTS * OUTPUTS).reshape(OUTPUTS, OUTPUTS);
            return right.transpose().mmul(right);
        }

        private static INDArray part(INDArray lambda, long from, long length) {
            return lambda.get(NDArrayIndex.interval(from, from + length)).dup();
        }

        INDArray dense(INDArray lambda, INDArray u) {
            return m(lambda).mmul(u).mmul(p(lambda));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void productsAreThoseOfDenseMatrices(boolean diagonalOutputs, boolean diagonalInputs) {
        Sides sides = new Sides(diagonalOutputs, diagonalInputs);
        INDArray lambda = RandomMatrices.gaussian(new long[] {sides.size()}, 1);
        KroneckerSides inverse = sides.of(lambda);
        assertThat(inverse.size()).isEqualTo(sides.size());
        INDArray u = RandomMatrices.gaussian(OUTPUTS, JOINT, 2).dup('c');
        INDArray result = Nd4j.zeros(DataType.DOUBLE, OUTPUTS, JOINT);
        inverse.apply(u, result);
        assertThatMatrix(result).isWithinRelativeFrobenius(sides.dense(lambda, u), 1e-14);

        INDArray diagonal = Nd4j.zeros(DataType.DOUBLE, OUTPUTS, JOINT);
        for (int i = 0; i < OUTPUTS; i++) {
            for (int j = 0; j < JOINT; j++) {
                diagonal.putScalar(
                        i, j, sides.m(lambda).getDouble(i, i) * sides.p(lambda).getDouble(j, j));
            }
        }
        assertThatMatrix(inverse.diagonal()).isWithinRelativeFrobenius(diagonal, 1e-14);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void gradientsAreThoseOfDifferences(boolean diagonalOutputs, boolean diagonalInputs) {
        Sides sides = new Sides(diagonalOutputs, diagonalInputs);
        INDArray lambda = RandomMatrices.gaussian(new long[] {sides.size()}, 3);
        INDArray u = RandomMatrices.gaussian(OUTPUTS, JOINT, 4).dup('c');
        INDArray t = RandomMatrices.gaussian(OUTPUTS, JOINT, 5).dup('c');
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, sides.size());
        sides.of(lambda).factorGradient(u, t, gradient);
        INDArray expected = FiniteDifferences.gradient(
                each -> t.mul(sides.dense(each, u)).sumNumber().doubleValue(), lambda);
        assertThatMatrix(gradient).isWithinAbsolute(expected, 1e-8);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void startsAtAMultipleOfTheIdentityOrAtADiagonal(boolean diagonalOutputs, boolean diagonalInputs) {
        Sides sides = new Sides(diagonalOutputs, diagonalInputs);
        INDArray lambda = RandomMatrices.gaussian(new long[] {sides.size()}, 6);
        KroneckerSides inverse = sides.of(lambda);
        INDArray u = RandomMatrices.gaussian(OUTPUTS, JOINT, 7).dup('c');
        INDArray result = Nd4j.zeros(DataType.DOUBLE, OUTPUTS, JOINT);
        inverse.initialise(2.5);
        inverse.refresh();
        inverse.apply(u, result);
        assertThatMatrix(result).isWithinRelativeFrobenius(u.mul(2.5), 1e-14);

        INDArray product = Nd4j.createFromArray(new double[][] {{1}, {2}, {0.5}})
                .mmul(Nd4j.createFromArray(new double[][] {{4, 1, 3, 0.25}}));
        inverse.initialise(product);
        inverse.refresh();
        inverse.apply(u, result);
        assertThatMatrix(result).isWithinRelativeFrobenius(u.mul(product), 1e-13);
    }
}
