/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.function.DoubleBinaryOperator;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.NormOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.linalg.TestMatrices.EPS;
import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.product;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Orders beyond 64 have several tiles of 32 that are read together with their mirror image. */
class ColumnMajorTest {
    private static final int ORDER = 70;

    private static ColumnMajor matrix(DMatrixRMaj m) {
        return ColumnMajor.copyOf("m", array(m));
    }

    private static void assertElements(ColumnMajor actual, DMatrixRMaj expected) {
        assertThat(actual.rows()).isEqualTo(expected.numRows);
        assertThat(actual.columns()).isEqualTo(expected.numCols);
        for (int i = 0; i < expected.numRows; i++) {
            for (int j = 0; j < expected.numCols; j++) {
                assertThat(actual.get(i, j)).as("[%s, %s]", i, j).isEqualTo(expected.get(i, j));
            }
        }
    }

    /** An element as a function of its place in a matrix. */
    private static DMatrixRMaj filled(int rows, int columns, DoubleBinaryOperator element) {
        DMatrixRMaj m = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                m.set(i, j, element.applyAsDouble(i, j));
            }
        }
        return m;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 150})
    void blocksOfAnyLayoutAreCopied(int rows) {
        DMatrixRMaj m = gaussian(rows, 7, 1);
        for (Layout layout : Layout.values()) {
            INDArray stored = layout.store(m, DataType.DOUBLE);
            assertElements(ColumnMajor.copyOf("m", stored), m);
            assertElements(ColumnMajor.copyOf(MatrixView.of(stored)), m);
            INDArray target = layout.store(m, DataType.DOUBLE).assign(0.0);
            ColumnMajor.copy(2, matrix(m).view(), MatrixView.of(target));
            assertElements(ColumnMajor.copyOf("twice", target).scale(0.5), m);
            assertThat(Layout.memory(target.assign(m.get(0, 0))))
                    .as("memory around the target")
                    .isEqualTo(Layout.memory(layout.store(m, DataType.DOUBLE).assign(m.get(0, 0))));
        }
        assertThatThrownBy(() -> ColumnMajor.copy(
                        1,
                        matrix(m).view(),
                        matrix(transpose(gaussian(rows, 8, 1))).view()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "source [%d, 7] and target [8, %d] must have the same shape".formatted(rows, rows));
    }

    @Test
    void arraysWithStridesInBothDirectionsAreCopied() {
        DMatrixRMaj m = gaussian(6, 8, 1);
        for (char order : new char[] {'c', 'f'}) {
            INDArray everySecond =
                    array(m).dup(order).get(NDArrayIndex.interval(0, 2, 6), NDArrayIndex.interval(0, 2, 8));
            assertElements(
                    ColumnMajor.copyOf("m", everySecond), filled(3, 4, (i, j) -> m.get(2 * (int) i, 2 * (int) j)));
        }
    }

    @Test
    void theSymmetricPartIsCopiedUpToRounding() {
        double below = Math.nextUp(0.5);
        INDArray rounded = Nd4j.createFromArray(new double[][] {{1, 0.5}, {Math.nextUp(below), 2}});
        ColumnMajor copy = ColumnMajor.symmetricCopyOf("q", rounded);
        assertElements(copy, new DMatrixRMaj(new double[][] {{1, below}, {below, 2}}));
        assertThatThrownBy(() -> ColumnMajor.symmetricCopyOf("q", rounded.put(0, 1, Nd4j.scalar(0.4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("q of order 2 must be symmetric");
    }

    @Test
    void closingFreesTheMemoryAndTheArray() {
        ColumnMajor plain = matrix(gaussian(3, 2, 1));
        plain.close();
        assertThat(plain.pointer().isNull()).isTrue();
        ColumnMajor shared = matrix(gaussian(3, 2, 1));
        INDArray array = shared.array();
        shared.close();
        assertThat(array.wasClosed()).isTrue();
        assertThat(shared.pointer().isNull()).isTrue();
        RealSchur schur = RealSchur.of("a", matrix(gaussian(3, 3, 1)));
        schur.close();
        assertThat(schur.triangular().pointer().isNull()).isTrue();
        assertThat(schur.orthogonal().pointer().isNull()).isTrue();
    }

    @Test
    void theLargestNumberIsFinite() {
        INDArray largest = Nd4j.createFromArray(new double[][] {{-Double.MAX_VALUE, Double.MAX_VALUE}});
        assertThat(ColumnMajor.copyOf("a", largest).get(0, 1)).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void theArrayIsTheMemoryOfTheMatrix() {
        ColumnMajor m = matrix(gaussian(3, 2, 1));
        assertThat(m.array().shape()).containsExactly(3, 2);
        m.array().putScalar(2, 1, 5.0);
        assertThat(m.get(2, 1)).isEqualTo(5);
        assertThat(m.array()).isSameAs(m.array());
        ColumnMajor vector = ColumnMajor.copyOf("v", Nd4j.createFromArray(1.0, 2, 3));
        assertThat(vector.array().shape()).containsExactly(3);
        assertThat(vector.columns()).isOne();
        assertThat(vector.copy().array().toDoubleVector()).containsExactly(1, 2, 3);
    }

    @Test
    void arraysAreTakenOverOnlyInTheOrderOfTheMatrix() {
        INDArray array = array(gaussian(3, 2, 1)).dup('f');
        ColumnMajor.of(array).scale(0);
        assertThat(array.norm2Number().doubleValue()).isZero();
        String rule = "array must be gap-free in DOUBLE and order 'f' but is ";
        for (INDArray refused : new INDArray[] {
            array.dup('c'),
            array.castTo(DataType.FLOAT).dup('f'),
            Layout.COLUMN_MAJOR_BLOCK.store(gaussian(3, 2, 1), DataType.DOUBLE)
        }) {
            assertThatThrownBy(() -> ColumnMajor.of(refused))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(rule + refused.dataType());
        }
    }

    /** Up to order 128 the product is averaged with its transpose, beyond that one triangle is copied. */
    @ParameterizedTest
    @ValueSource(ints = {3, 96, 97, 128, 129, 300})
    void symmetricProductsAreThoseOfEjmlAndSymmetricBitForBit(int n) {
        DMatrixRMaj g = gaussian(n, 5, 3);
        ColumnMajor left = matrix(g);
        ColumnMajor right = matrix(transpose(g));
        ColumnMajor c = ColumnMajor.symmetricProduct(left.view(), right.view());
        // sums of 5 terms of order 1
        assertThat(relativeError(c.array(), product(g, transpose(g)))).isLessThan(20 * EPS);
        assertThat(c.array()).isEqualTo(c.array().transpose());
        assertThat(relativeError(ColumnMajor.product(left.view(), right.view()).array(), product(g, transpose(g))))
                .isLessThan(20 * EPS);
    }

    /** The product is that of a matrix with a single element above the diagonal and the identity. */
    @ParameterizedTest
    @CsvSource({"128, 0.5", "129, 0"})
    void smallProductsAreAveragedAndOfLargeOnesTheLowerTriangleCounts(int n, double expected) {
        ColumnMajor a = matrix(filled(n, n, (i, j) -> i == 0 && j == n - 1 ? 1 : 0));
        ColumnMajor identity = ColumnMajor.zeros(n, n).addToDiagonal(1);
        ColumnMajor product = ColumnMajor.symmetricProduct(a.view(), identity.view());
        assertThat(product.get(0, n - 1)).isEqualTo(expected);
        assertThat(product.get(n - 1, 0)).isEqualTo(expected);
    }

    @Test
    void sumsAndMultiplesAreThoseOfTheElements() {
        DMatrixRMaj m = filled(3, 5, (i, j) -> i + 10 * j);
        ColumnMajor sum = matrix(m).add(2, matrix(filled(3, 5, (i, j) -> 100 * i)));
        assertElements(sum, filled(3, 5, (i, j) -> 201 * i + 10 * j));
        assertElements(matrix(m).scale(-2), filled(3, 5, (i, j) -> -2 * i - 20 * j));
        assertElements(matrix(m).addToDiagonal(7), filled(3, 5, (i, j) -> i + 10 * j + (i == j ? 7 : 0)));
        DMatrixRMaj tall = filled(5, 3, (i, j) -> i + 10 * j);
        assertElements(matrix(tall).addToDiagonal(7), filled(5, 3, (i, j) -> i + 10 * j + (i == j ? 7 : 0)));
        assertThat(matrix(m).column(2)).containsExactly(20, 21, 22);
        for (DMatrixRMaj other : new DMatrixRMaj[] {gaussian(3, 4, 1), gaussian(2, 5, 1)}) {
            assertThatThrownBy(() -> matrix(m).add(1, matrix(other)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("other is [%d, %d] but must have the shape [3, 5] of this matrix"
                            .formatted(other.numRows, other.numCols));
        }
    }

    /** Powers of two scale exactly. */
    @Test
    void diagonalScalingsMultiplyRowsAndColumns() {
        DMatrixRMaj m = filled(3, 3, (i, j) -> 1 + i + 10 * j);
        double[] d = {2, 0.5, 8};
        assertElements(matrix(m).scaleSimilar(d), filled(3, 3, (i, j) -> d[(int) i] * (1 + i + 10 * j) / d[(int) j]));
        assertElements(matrix(m).scaleBoth(d), filled(3, 3, (i, j) -> d[(int) i] * (1 + i + 10 * j) * d[(int) j]));
    }

    @Test
    void normsAreThoseOfEjml() {
        DMatrixRMaj m = gaussian(6, 4, 2);
        assertThat(matrix(m).frobenius()).isCloseTo(NormOps_DDRM.normF(m), within(1e-14));
        assertThat(matrix(m).norm('1')).isCloseTo(NormOps_DDRM.normP1(m), within(1e-14));
        assertThat(ColumnMajor.zeros(6, 4).frobenius()).isZero();
    }

    @Test
    void theSymmetricPartIsTheMeanOfMirroredElements() {
        DMatrixRMaj m = gaussian(ORDER, ORDER, 4);
        double largest = 0;
        for (int i = 0; i < ORDER; i++) {
            for (int j = 0; j < ORDER; j++) {
                largest = Math.max(largest, Math.abs(m.get(i, j) - m.get(j, i)));
            }
        }
        ColumnMajor symmetric = matrix(m);
        assertThat(symmetric.symmetrize()).isEqualTo(largest);
        assertElements(
                symmetric,
                filled(ORDER, ORDER, (i, j) -> 0.5 * m.get((int) i, (int) j) + 0.5 * m.get((int) j, (int) i)));
        assertThat(symmetric.symmetrize()).isZero();
        ColumnMajor huge = matrix(filled(2, 2, (i, j) -> Double.MAX_VALUE));
        huge.symmetrize();
        assertThat(huge.get(0, 1)).isEqualTo(Double.MAX_VALUE);
    }

    /** On the diagonal, next to it, in the corners and at the borders of tiles. */
    @ParameterizedTest
    @CsvSource({"1, 0", "31, 0", "32, 0", "32, 31", "33, 32", "69, 0", "69, 68", "64, 63", "50, 40", "0, 69", "31, 32"})
    void oneElementBreaksTheSymmetry(int row, int column) {
        ColumnMajor symmetric = matrix(filled(ORDER, ORDER, (i, j) -> 1 / (1 + i + j)));
        assertThat(symmetric.isSymmetric()).isTrue();
        INDArray changed = symmetric.copy().array();
        changed.putScalar(row, column, 7.0);
        assertThat(ColumnMajor.copyOf("a", changed).isSymmetric()).isFalse();
        assertThat(ColumnMajor.copyOf("a", changed).symmetrize()).isEqualTo(7 - 1.0 / (1 + row + column));
        INDArray onDiagonal = symmetric.copy().array();
        onDiagonal.putScalar(row, row, 7.0);
        assertThat(ColumnMajor.copyOf("a", onDiagonal).isSymmetric()).isTrue();
    }

    /** The matrix is D M inverse(D) of one with elements 1 beside the diagonal, so that D balances it exactly. */
    @Test
    void balancingUndoesADiagonalSimilarity() {
        double[] d = {1, 0x1p10, 0x1p-12, 0x1p3};
        for (double diagonal : new double[] {0, 1, 1e12}) {
            DMatrixRMaj skewed = filled(4, 4, (i, j) -> i == j ? diagonal : d[(int) i] / d[(int) j]);
            double[] scales = Balancing.scalesOf(matrix(skewed));
            for (int i = 0; i < 4; i++) {
                assertThat(scales[i] / scales[0])
                        .as("diagonal %s, scale %s", diagonal, i)
                        .isEqualTo(d[i]);
            }
            assertElements(matrix(skewed), skewed);
        }
    }
}
