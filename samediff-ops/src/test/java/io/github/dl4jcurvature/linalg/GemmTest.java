/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.product;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.roundedToFloat;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The oracle is EJML's product of the same numbers, which are exact in both types. Sums of at most 8 terms of order 1 err
 * by 8 eps; with the factors and the norm of the result, 100 eps is slack. A wrong transposition flag errs by O(1).
 */
class GemmTest {
    private static final int M = 4;
    private static final int K = 7;
    private static final int N = 5;
    private static final double ALPHA = 0.75;
    private static final double BETA = -1.5;

    private final DMatrixRMaj a = roundedToFloat(gaussian(M, K, 1));
    private final DMatrixRMaj b = roundedToFloat(gaussian(K, N, 2));
    private final DMatrixRMaj c = roundedToFloat(gaussian(M, N, 3));

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void productIsRightForEveryCombinationOfLayouts(DataType type) {
        DMatrixRMaj expected = combine(product(a, b), c);
        for (Layout layoutA : Layout.values()) {
            for (Layout layoutB : Layout.values()) {
                for (Layout layoutC : Layout.values()) {
                    INDArray left = layoutA.store(a, type);
                    INDArray right = layoutB.store(b, type);
                    INDArray out = layoutC.store(c, type);

                    Gemm.multiply(ALPHA, left, right, BETA, out);

                    assertThat(relativeError(out, expected))
                            .as("%s %s %s", layoutA, layoutB, layoutC)
                            .isLessThan(tolerance(type));
                    assertThat(left).isEqualTo(layoutA.store(a, type));
                    assertSurroundingsUntouched(out, layoutC.store(c, type));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void singleColumnsAndRowsAreMatrices(DataType type) {
        DMatrixRMaj column = roundedToFloat(gaussian(K, 1, 5));
        DMatrixRMaj expected = product(a, column);
        for (Layout layout : Layout.values()) {
            for (Layout layoutOut : Layout.values()) {
                INDArray out = layoutOut.store(new DMatrixRMaj(M, 1), type);
                Gemm.multiply(1, layout.store(a, type), layout.store(column, type), 0, out);
                assertThat(relativeError(out, expected))
                        .as("%s %s", layout, layoutOut)
                        .isLessThan(tolerance(type));
                INDArray row = layoutOut.store(new DMatrixRMaj(1, M), type);
                INDArray left = layout.store(transpose(column), type);
                Gemm.multiply(1, left, layout.store(transpose(a), type), 0, row);
                assertThat(relativeError(row, transpose(expected)))
                        .as("%s %s", layout, layoutOut)
                        .isLessThan(tolerance(type));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void transposedOperandsAndOutputAreRight(DataType type) {
        DMatrixRMaj expected = combine(product(a, b), c);
        for (Layout layout : Layout.values()) {
            MatrixView left = MatrixView.of(layout.store(transpose(a), type)).transposed();
            MatrixView right = MatrixView.of(layout.store(transpose(b), type)).transposed();
            INDArray out = layout.store(transpose(c), type);

            Gemm.multiply(ALPHA, left, right, BETA, MatrixView.of(out).transposed());

            assertThat(relativeError(out, transpose(expected))).as("%s", layout).isLessThan(tolerance(type));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void symmetricProductFillsBothTrianglesBitForBit(DataType type) {
        DMatrixRMaj old = roundedToFloat(TestMatrices.spd(M, 10, 4));
        DMatrixRMaj expected = combine(product(a, transpose(a)), old);
        for (Layout layoutA : Layout.values()) {
            for (Layout layoutC : Layout.values()) {
                INDArray out = layoutC.store(old, type);

                Gemm.symmetricProduct(ALPHA, layoutA.store(a, type), BETA, out);

                assertThat(relativeError(out, expected))
                        .as("%s %s", layoutA, layoutC)
                        .isLessThan(tolerance(type));
                assertThat(out.transpose().dup()).isEqualTo(out.dup());
                assertSurroundingsUntouched(out, layoutC.store(old, type));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void zeroBetaIgnoresTheOldContent(DataType type) {
        INDArray left = array(a).castTo(type);
        INDArray out = Nd4j.valueArrayOf(new long[] {M, N}, Double.NaN, type);
        Gemm.multiply(1, left, array(b).castTo(type), 0, out);
        assertThat(relativeError(out, product(a, b))).isLessThan(tolerance(type));

        INDArray square = Nd4j.valueArrayOf(new long[] {M, M}, Double.NaN, type);
        Gemm.symmetricProduct(1, left, 0, square);
        assertThat(relativeError(square, product(a, transpose(a)))).isLessThan(tolerance(type));
    }

    @Test
    void unfittingShapesAreRefused() {
        MatrixView left = MatrixView.of(array(a));
        MatrixView right = MatrixView.of(array(b));
        MatrixView out = MatrixView.of(array(c));
        String rule = "[m, k] times [k, n] gives [m, n]";
        assertThatThrownBy(() -> Gemm.multiply(1, right, left, 0, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a [7, 5] times b [4, 7] does not fit c [4, 5]; " + rule);
        assertThatThrownBy(() -> Gemm.multiply(1, left, right, 0, right)).hasMessageContaining(rule);
        assertThatThrownBy(() -> Gemm.multiply(1, left, right, 0, MatrixView.of(Nd4j.ones(DataType.DOUBLE, M, M))))
                .hasMessageContaining(rule);
        assertThatThrownBy(() -> Gemm.symmetricProduct(1, left, 0, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a [4, 7] times its transpose does not fit c [4, 5]");
    }

    @Test
    void mixedTypesAreRefused() {
        INDArray out = array(c);
        assertThatThrownBy(() -> Gemm.multiply(1, array(a).castTo(DataType.FLOAT), array(b), 0, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data types FLOAT, DOUBLE and DOUBLE differ");
        assertThat(out).isEqualTo(array(c));
        assertThatThrownBy(() ->
                        Gemm.symmetricProduct(1, array(a).castTo(DataType.FLOAT), 0, Nd4j.ones(DataType.DOUBLE, M, M)))
                .hasMessageContaining("data types FLOAT, FLOAT and DOUBLE differ");
    }

    @Test
    void outputInTheMemoryOfAnInputIsRefused() {
        INDArray square = Nd4j.ones(DataType.DOUBLE, 4, 4);
        INDArray other = Nd4j.ones(DataType.DOUBLE, 4, 4);
        assertThatThrownBy(() -> Gemm.multiply(1, square, other, 0, square))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c [4, 4] shares memory with a [4, 4]");
        assertThatThrownBy(() -> Gemm.multiply(1, other, square.transpose(), 0, square))
                .hasMessageContaining("shares memory with b");
        assertThatThrownBy(() -> Gemm.symmetricProduct(1, square, 0, square)).hasMessageContaining("with a");
    }

    @Test
    void disjointBlocksOfOneMatrixAreAccepted() {
        INDArray parent = Nd4j.zeros(DataType.DOUBLE, M, K + N);
        INDArray left =
                parent.get(NDArrayIndex.all(), NDArrayIndex.interval(0, K)).assign(array(a));
        INDArray out = parent.get(NDArrayIndex.all(), NDArrayIndex.interval(K, K + N));

        Gemm.multiply(1, left, array(b), 0, out);

        assertThat(relativeError(out, product(a, b))).isLessThan(tolerance(DataType.DOUBLE));
        assertThat(left).isEqualTo(array(a));
    }

    /** Order 300 has several blocks, 96 one; sums of 5 terms, so that 100 eps is slack as above. */
    @ParameterizedTest
    @ValueSource(ints = {1, 64, 96, 97, 300})
    void symmetricResultIsCompletedFromBelow(int n) {
        DMatrixRMaj factor = gaussian(n, 5, 4);
        DMatrixRMaj old = product(gaussian(n, 2, 5), transpose(gaussian(n, 2, 5)));
        DMatrixRMaj expected = combine(product(factor, transpose(factor)), old);
        for (Layout layout : Layout.values()) {
            INDArray out = layout.store(old, DataType.DOUBLE);

            Gemm.multiplySymmetric(
                    ALPHA,
                    MatrixView.of(array(factor)),
                    MatrixView.of(array(factor)).transposed(),
                    BETA,
                    MatrixView.of(out));

            assertThat(relativeError(out, expected)).as("%s", layout).isLessThan(tolerance(DataType.DOUBLE));
            assertThat(out).isEqualTo(out.transpose());
            assertSurroundingsUntouched(out, layout.store(old, DataType.DOUBLE));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 64, 130})
    void productAndItsTransposeAreAdded(int n) {
        DMatrixRMaj left = gaussian(n, 5, 4);
        DMatrixRMaj right = gaussian(n, 5, 5);
        DMatrixRMaj half = product(left, transpose(right));
        DMatrixRMaj old = product(gaussian(n, 2, 6), transpose(gaussian(n, 2, 6)));
        DMatrixRMaj expected = combine(CommonOps_DDRM.add(half, transpose(half), null), old);
        for (Layout layout : Layout.values()) {
            for (Layout layoutC : Layout.values()) {
                INDArray out = layoutC.store(old, DataType.DOUBLE);
                Gemm.symmetricRankTwo(
                        ALPHA,
                        MatrixView.of(layout.store(left, DataType.DOUBLE)),
                        MatrixView.of(layout.store(right, DataType.DOUBLE)),
                        BETA,
                        MatrixView.of(out));
                assertThat(relativeError(out, expected))
                        .as("%s %s", layout, layoutC)
                        .isLessThan(tolerance(DataType.DOUBLE));
                assertThat(out).isEqualTo(out.transpose());
                assertSurroundingsUntouched(out, layoutC.store(old, DataType.DOUBLE));
            }
        }
    }

    /** The blocks of a large product would fit although the whole does not. */
    @Test
    void unfittingSymmetricProductsAreRefused() {
        MatrixView left = MatrixView.of(array(gaussian(200, 5, 4)));
        MatrixView right = MatrixView.of(array(gaussian(5, 200, 4)));
        MatrixView out = MatrixView.of(Nd4j.zeros(DataType.DOUBLE, 150, 150));
        assertThatThrownBy(() -> Gemm.multiplySymmetric(1, left, right, 0, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a [200, 5] times b [5, 200] does not fit c [150, 150]");
        MatrixView rows = right.transposed();
        assertThatThrownBy(() -> Gemm.symmetricRankTwo(1, left, left, 0, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a [200, 5] times b [5, 200] does not fit c [150, 150]");
        MatrixView square = MatrixView.of(Nd4j.zeros(DataType.DOUBLE, 200, 200));
        assertThatThrownBy(() -> Gemm.symmetricRankTwo(1, left, rows, 0, square))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a [200, 5] and b [200, 5] must be DOUBLE and of the same storage order");
        MatrixView floats = MatrixView.of(Nd4j.ones(DataType.FLOAT, 3, 2));
        MatrixView floatOut = MatrixView.of(Nd4j.zeros(DataType.FLOAT, 3, 3));
        assertThatThrownBy(() -> Gemm.symmetricRankTwo(1, floats, floats, 0, floatOut))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be DOUBLE");
    }

    private static DMatrixRMaj combine(DMatrixRMaj product, DMatrixRMaj old) {
        return CommonOps_DDRM.add(ALPHA, product, BETA, old, null);
    }

    private static double tolerance(DataType type) {
        return 100 * (type == DataType.FLOAT ? Math.ulp(1f) : Math.ulp(1.0));
    }

    /** Blanks both matrices: what remains is the memory around them. */
    private static void assertSurroundingsUntouched(INDArray out, INDArray fresh) {
        out.assign(0.0);
        fresh.assign(0.0);
        assertThat(Layout.memory(out)).as("memory around the output").isEqualTo(Layout.memory(fresh));
    }
}
