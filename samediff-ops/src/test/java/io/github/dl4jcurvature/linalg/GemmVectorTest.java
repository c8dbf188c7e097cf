/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.List;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.product;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.roundedToFloat;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * The oracle is EJML on the same numbers, which are exact in both types. Sums of at most 8 terms of order 1 err by 8 eps;
 * 100 eps is slack. Wrong increments or lengths err by O(1).
 */
class GemmVectorTest {
    private static final int M = 4;
    private static final int N = 6;
    private static final double ALPHA = 0.75;
    private static final double BETA = -1.5;

    private final DMatrixRMaj a = roundedToFloat(gaussian(M, N, 1));
    private final DMatrixRMaj x = roundedToFloat(gaussian(N, 1, 2));
    private final DMatrixRMaj y = roundedToFloat(gaussian(M, 1, 3));

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void matrixVectorProductIsRightForEveryStorage(DataType type) {
        DMatrixRMaj expected = CommonOps_DDRM.add(ALPHA, product(a, x), BETA, y, null);
        for (Layout layout : Layout.values()) {
            for (INDArray vector : storages(x, type)) {
                for (INDArray out : storages(y, type)) {
                    Gemm.multiplyVector(ALPHA, layout.store(a, type), vector, BETA, out);
                    assertThat(relativeError(out.reshape(M), expected)).isLessThan(tolerance(type));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void rankOneUpdateIsRightForEveryStorage(DataType type) {
        DMatrixRMaj expected = CommonOps_DDRM.add(1, a, ALPHA, product(y, transpose(x)), null);
        for (Layout layout : Layout.values()) {
            for (INDArray left : storages(y, type)) {
                for (INDArray right : storages(x, type)) {
                    INDArray out = layout.store(a, type);
                    Gemm.rankOneUpdate(ALPHA, left, right, out);
                    assertThat(relativeError(out, expected)).isLessThan(tolerance(type));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void vectorOperationsAreRightForEveryStorage(DataType type) {
        DMatrixRMaj z = roundedToFloat(gaussian(N, 1, 9));
        double inner = product(transpose(x), z).get(0, 0);
        DMatrixRMaj sum = CommonOps_DDRM.add(1, z, ALPHA, x, null);
        DMatrixRMaj scaled = CommonOps_DDRM.add(BETA, x, 0, x, null);
        for (INDArray first : storages(x, type)) {
            for (INDArray second : storages(z, type)) {
                MatrixView u = MatrixView.of(first);
                MatrixView v = MatrixView.of(second);
                assertThat(Gemm.dot(u, v)).isCloseTo(inner, within(tolerance(DataType.DOUBLE)));
                Gemm.axpy(ALPHA, u, v);
                assertThat(relativeError(second.reshape(N), sum)).isLessThan(tolerance(type));
            }
            Gemm.scale(BETA, MatrixView.of(first));
            assertThat(relativeError(first.reshape(N), scaled)).isLessThan(tolerance(type));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void zeroBetaIgnoresTheOldContent(DataType type) {
        INDArray out = Nd4j.valueArrayOf(new long[] {M}, Double.NaN, type);
        Gemm.multiplyVector(1, array(a).castTo(type), array(x).castTo(type), 0, out);
        assertThat(relativeError(out, product(a, x))).isLessThan(tolerance(type));
    }

    @Test
    void unfittingLengthsAreRefused() {
        MatrixView matrix = MatrixView.of(array(a));
        MatrixView right = MatrixView.of(array(x));
        MatrixView left = MatrixView.of(array(y));
        assertThatThrownBy(() -> Gemm.multiplyVector(1, matrix, left, 0, right))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a [4, 6] times x of length 4 does not fit y of length 6");
        assertThatThrownBy(() -> Gemm.rankOneUpdate(1, right, left, matrix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x of length 6 and y of length 4 does not fit a [4, 6]");
        assertThatThrownBy(() -> Gemm.dot(right, left))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x has 6 elements and y has 4");
        assertThatThrownBy(() -> Gemm.scale(2, matrix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x must be a vector (one row or one column) but is a matrix [4, 6]");
    }

    @Test
    void matrixInThePlaceOfAVectorIsRefused() {
        MatrixView matrix = MatrixView.of(Nd4j.ones(DataType.DOUBLE, 3, 3));
        MatrixView vector = MatrixView.of(Nd4j.ones(DataType.DOUBLE, 3));
        MatrixView out = MatrixView.of(Nd4j.ones(DataType.DOUBLE, 3, 3));
        String rule = " must be a vector";
        assertThatThrownBy(() -> Gemm.multiplyVector(1, out, matrix, 0, vector)).hasMessageContaining("x" + rule);
        assertThatThrownBy(() -> Gemm.multiplyVector(1, out, vector, 0, matrix)).hasMessageContaining("y" + rule);
        assertThatThrownBy(() -> Gemm.rankOneUpdate(1, matrix, vector, out)).hasMessageContaining("x" + rule);
        assertThatThrownBy(() -> Gemm.rankOneUpdate(1, vector, matrix, out)).hasMessageContaining("y" + rule);
        assertThatThrownBy(() -> Gemm.dot(matrix, vector)).hasMessageContaining("x" + rule);
        assertThatThrownBy(() -> Gemm.axpy(1, vector, matrix)).hasMessageContaining("y" + rule);
    }

    @Test
    void mixedTypesAreRefused() {
        MatrixView matrix = MatrixView.of(Nd4j.ones(DataType.DOUBLE, 3, 3));
        MatrixView vector = MatrixView.of(Nd4j.ones(DataType.DOUBLE, 3));
        MatrixView floats = MatrixView.of(Nd4j.ones(DataType.FLOAT, 3));
        String rule = "differ; convert the arguments";
        assertThatThrownBy(() -> Gemm.multiplyVector(1, matrix, floats, 0, vector))
                .hasMessageContaining(rule);
        assertThatThrownBy(() -> Gemm.rankOneUpdate(1, vector, floats, matrix)).hasMessageContaining(rule);
        assertThatThrownBy(() -> Gemm.dot(vector, floats)).hasMessageContaining(rule);
        assertThatThrownBy(() -> Gemm.axpy(1, vector, floats)).hasMessageContaining(rule);
    }

    @Test
    void outputInTheMemoryOfAnInputIsRefused() {
        INDArray square = Nd4j.ones(DataType.DOUBLE, 3, 3);
        MatrixView matrix = MatrixView.of(square);
        MatrixView row = MatrixView.of(square.getRow(1));
        MatrixView free = MatrixView.of(Nd4j.ones(DataType.DOUBLE, 3));
        assertThatThrownBy(() -> Gemm.multiplyVector(1, matrix, free, 0, row))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("y [3, 1] shares memory with a [3, 3]");
        assertThatThrownBy(() -> Gemm.multiplyVector(1, matrix, free, 0, free)).hasMessageContaining("with x");
        assertThatThrownBy(() -> Gemm.rankOneUpdate(1, row, free, matrix)).hasMessageContaining("with x");
        assertThatThrownBy(() -> Gemm.rankOneUpdate(1, free, row, matrix)).hasMessageContaining("with y");
        assertThatThrownBy(() -> Gemm.axpy(1, row, row)).hasMessageContaining("with x");
    }

    /** Rank 1, row, column, and column of a row-major matrix (a stride). */
    private static List<INDArray> storages(DMatrixRMaj vector, DataType type) {
        int n = vector.numRows;
        INDArray values = array(vector).castTo(type);
        INDArray parent = Nd4j.valueArrayOf(new long[] {n, 3}, Double.NaN, type);
        INDArray strided = parent.getColumn(1).assign(values.reshape(n));
        return List.of(
                values.reshape(n).dup(),
                values.reshape(1, n).dup(),
                values.reshape(n, 1).dup(),
                strided);
    }

    private static double tolerance(DataType type) {
        return 100 * (type == DataType.FLOAT ? Math.ulp(1f) : Math.ulp(1.0));
    }
}
