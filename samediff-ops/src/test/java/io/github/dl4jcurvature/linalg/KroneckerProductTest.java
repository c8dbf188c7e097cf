/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.function.ToDoubleFunction;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.linalg.TestMatrices.EPS;
import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.product;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * The sizes differ and the matrices are not symmetric on purpose: a swapped factor or a missing transpose errs by O(1).
 * Sums have at most (o i)^2 = 225 terms of order 1, so that rounding stays below 1e3 eps times a few.
 */
class KroneckerProductTest {
    private static final int O = 3;
    private static final int I = 5;
    private static final double TOLERANCE = 1e4 * EPS;

    /** EJML's Kronecker product is an explicit matrix; its own rows are the stacked elements of X. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void equalsTheExplicitMatrixOnStackedRows(long seed) {
        DMatrixRMaj m = gaussian(O, O, seed);
        DMatrixRMaj p = gaussian(I, I, seed + 10);
        DMatrixRMaj x = gaussian(O, I, seed + 20);
        DMatrixRMaj matrix = CommonOps_DDRM.kron(m, transpose(p), null);
        DMatrixRMaj stacked = new DMatrixRMaj(O * I, 1, true, x.data);
        DMatrixRMaj expected = new DMatrixRMaj(O, I, true, product(matrix, stacked).data);
        DMatrixRMaj diagonal = new DMatrixRMaj(O, I, true, CommonOps_DDRM.extractDiag(matrix, null).data);

        KroneckerProduct kronecker = new KroneckerProduct(array(m), array(p));

        assertThat(relativeError(kronecker.apply(array(x)), expected)).isLessThan(TOLERANCE);
        assertThat(relativeError(kronecker.diagonal(), diagonal)).isLessThan(TOLERANCE);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void adjointMovesAcrossTheInnerProduct(long seed) {
        KroneckerProduct kronecker = new KroneckerProduct(draw(O, O, seed), draw(I, I, seed + 10));
        INDArray x = draw(O, I, seed + 20);
        INDArray y = draw(O, I, seed + 30);

        double left = inner(y, kronecker.apply(x));
        double right = inner(kronecker.adjoint().apply(y), x);

        assertThat(left).isCloseTo(right, within(TOLERANCE * (1 + Math.abs(left))));
    }

    /** The form is linear in each of M, P and X, so that a central difference of step 1 is exact up to rounding. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void gradientsAgreeWithCentralDifferences(long seed) {
        INDArray m = draw(O, O, seed);
        INDArray p = draw(I, I, seed + 10);
        INDArray x = draw(O, I, seed + 20);
        INDArray t = draw(O, I, seed + 30);
        KroneckerProduct kronecker = new KroneckerProduct(m, p);

        assertGradient(kronecker.leftGradient(t, x), m, seed, v -> inner(t, new KroneckerProduct(v, p).apply(x)));
        assertGradient(kronecker.rightGradient(t, x), p, seed, v -> inner(t, new KroneckerProduct(m, v).apply(x)));
        assertGradient(kronecker.argumentGradient(t), x, seed, v -> inner(t, kronecker.apply(v)));
    }

    @Test
    void laterChangesOfTheArgumentsHaveNoEffect() {
        INDArray m = draw(O, O, 1);
        INDArray x = draw(O, I, 2);
        KroneckerProduct kronecker = new KroneckerProduct(m, draw(I, I, 3));
        INDArray before = kronecker.apply(x);
        m.assign(0.0);
        assertThat(kronecker.apply(x)).isEqualTo(before);
    }

    @Test
    void unfittingArgumentIsRefusedWithBothShapes() {
        KroneckerProduct kronecker = new KroneckerProduct(draw(O, O, 1), draw(I, I, 2));
        INDArray wrong = Nd4j.ones(DataType.DOUBLE, I, O);
        INDArray x = draw(O, I, 3);
        String rule = " must have shape [3, 5] but has shape [5, 3]";
        assertThatThrownBy(() -> kronecker.apply(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x" + rule);
        assertThatThrownBy(() -> kronecker.leftGradient(wrong, x)).hasMessageContaining("t" + rule);
        assertThatThrownBy(() -> kronecker.rightGradient(x, wrong)).hasMessageContaining("x" + rule);
    }

    @Test
    void factorsThatAreNotSquareAreRefused() {
        INDArray square = draw(O, O, 1);
        INDArray wide = draw(O, I, 2);
        String rule = " must be a square matrix [n, n] with n >= 1 but has shape [3, 5]";
        assertThatThrownBy(() -> new KroneckerProduct(wide, square))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("left" + rule);
        assertThatThrownBy(() -> new KroneckerProduct(square, wide))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("right" + rule);
    }

    private static void assertGradient(INDArray gradient, INDArray at, long seed, ToDoubleFunction<INDArray> function) {
        INDArray direction = draw((int) at.size(0), (int) at.size(1), seed + 40);
        double difference =
                0.5 * (function.applyAsDouble(at.add(direction)) - function.applyAsDouble(at.sub(direction)));
        assertThat(inner(gradient, direction)).isCloseTo(difference, within(TOLERANCE * (1 + Math.abs(difference))));
    }

    private static INDArray draw(int rows, int columns, long seed) {
        return array(gaussian(rows, columns, seed));
    }

    private static double inner(INDArray a, INDArray b) {
        return a.mul(b).sumNumber().doubleValue();
    }
}
