/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.linalg.TestMatrices.EPS;
import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static io.github.dl4jcurvature.linalg.TestMatrices.withCondition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * The oracle is EJML's LU. Both sides err by at most about cond * n * eps (growth of the pivots included) relative to
 * the result; the factor 8 is slack. A missing transpose errs by O(1).
 */
class LuFactorizationTest {
    @ParameterizedTest(name = "order {0}, condition {1}, seed {2}")
    @CsvSource({"1, 1, 1", "2, 10, 2", "9, 1e2, 3", "40, 1e6, 4", "64, 1e10, 5"})
    void agreesWithEjml(int n, double condition, long seed) {
        DMatrixRMaj a = withCondition(n, n, condition, seed);
        DMatrixRMaj b = gaussian(n, 3, seed + 1);
        double tolerance = 8 * n * condition * EPS;

        LuFactorization lu = LuFactorization.of(array(a));

        assertThat(lu.order()).isEqualTo(n);
        assertThat(relativeError(lu.solve(array(b)), ejmlSolution(a, b))).isLessThan(tolerance);
        assertThat(relativeError(lu.solveTransposed(array(b)), ejmlSolution(transpose(a), b)))
                .isLessThan(tolerance);
        assertThat(relativeError(lu.inverse(), ejmlSolution(a, CommonOps_DDRM.identity(n))))
                .isLessThan(tolerance);
        // geometric singular values from 1 to 1/cond
        assertThat(lu.logAbsoluteDeterminant())
                .isCloseTo(n == 1 ? 0 : -0.5 * n * Math.log(condition), within(n * tolerance));
        // the 1-norm condition lies within a factor n of the spectral one; LAPACK's estimate within another 10
        assertThat(1 / lu.reciprocalCondition()).isBetween(condition / n / 10, condition * n);
    }

    @Test
    void vectorAndEmptyRightHandSidesKeepTheirShape() {
        LuFactorization lu = LuFactorization.of(array(withCondition(4, 4, 10, 3)));
        INDArray b = array(gaussian(4, 1, 8));

        assertThat(lu.solve(b.reshape(4))).isEqualTo(lu.solve(b).reshape(4));
        assertThat(lu.solve(Nd4j.create(DataType.DOUBLE, 4, 0)).shape()).containsExactly(4, 0);
    }

    @Test
    void zeroPivotIsNamed() {
        INDArray a = Nd4j.createFromArray(new double[][] {{1, 2}, {2, 4}});
        assertThatThrownBy(() -> LuFactorization.of(a))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("a of order 2 is singular: pivot 2 is exactly zero");
    }

    @Test
    void conditionBeyondDoublePrecisionIsNamed() {
        INDArray a = Nd4j.createFromArray(new double[][] {{0, 1e-17}, {-1, 0}});
        assertThatThrownBy(() -> LuFactorization.of(a))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("a of order 2 is numerically singular: its reciprocal condition 1.00e-17");
    }

    @Test
    void unfittingRightHandSideIsRefused() {
        LuFactorization lu = LuFactorization.of(array(withCondition(3, 3, 10, 3)));
        assertThatThrownBy(() -> lu.solve(Nd4j.ones(DataType.DOUBLE, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b must have shape [3] or [3, k]")
                .hasMessageContaining("but has shape [2, 3]");
    }

    @Test
    void matricesThatAreNotSquareAreRefused() {
        assertThatThrownBy(() -> LuFactorization.of("k", Nd4j.ones(DataType.DOUBLE, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("k must be a square matrix [n, n] with n >= 1 but has shape [2, 3]");
    }

    /** The inverse of [1, 1; 0, 3] is [1, -1/3; 0, 1/3]; the columns' sums of moduli reach 4 and 1. */
    @Test
    void conditionOfSingularMatricesIsZero() {
        INDArray regular = Nd4j.createFromArray(new double[][] {{1, 1}, {0, 3}});
        INDArray singular = Nd4j.createFromArray(new double[][] {{1, 2}, {2, 4}});
        assertThat(LuFactorization.reciprocalConditionOf(regular)).isCloseTo(0.25, within(1e-15));
        assertThat(LuFactorization.reciprocalConditionOf(singular)).isZero();
    }

    @Test
    void overflowingSolutionIsRefused() {
        LuFactorization lu = LuFactorization.of(Nd4j.createFromArray(new double[][] {{0, 1e-200}, {1e-200, 0}}));
        assertThatThrownBy(() -> lu.solve(Nd4j.createFromArray(1e200, 1)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("the solution [2, 1] overflows (reciprocal condition 1.00)");
    }

    private static DMatrixRMaj ejmlSolution(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj x = new DMatrixRMaj(b.numRows, b.numCols);
        assertThat(CommonOps_DDRM.solve(a, b, x)).isTrue();
        return x;
    }
}
