/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
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
import static io.github.dl4jcurvature.linalg.TestMatrices.spd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * The oracle is EJML's LU and Cholesky code. Both sides err by at most about cond * n * eps relative to the result; the
 * factor 8 is slack. A wrong triangle or a missing transpose errs by O(1).
 */
class CholeskyFactorizationTest {
    @ParameterizedTest(name = "order {0}, condition {1}, seed {2}")
    @CsvSource({"1, 1, 1", "2, 10, 2", "9, 1e2, 3", "40, 1e6, 4", "64, 1e10, 5"})
    void agreesWithEjml(int n, double condition, long seed) {
        DMatrixRMaj a = spd(n, condition, seed);
        DMatrixRMaj b = gaussian(n, 3, seed + 1);
        double tolerance = 8 * n * condition * EPS;

        CholeskyFactorization cholesky = CholeskyFactorization.of(array(a));

        assertThat(cholesky.order()).isEqualTo(n);
        assertThat(relativeError(cholesky.factor(), ejmlFactor(a))).isLessThan(tolerance);
        assertThat(relativeError(cholesky.solve(array(b)), ejmlSolution(a, b))).isLessThan(tolerance);
        assertThat(relativeError(cholesky.inverse(), ejmlSolution(a, CommonOps_DDRM.identity(n))))
                .isLessThan(tolerance);
        // geometric spectrum from 1 to 1/cond: log det = -n/2 log cond; each log carries an error cond * n * eps
        assertThat(cholesky.logDeterminant())
                .isCloseTo(n == 1 ? 0 : -0.5 * n * Math.log(condition), within(n * tolerance));
        // the 1-norm condition lies within a factor n of the spectral one; LAPACK's estimate within another 10
        assertThat(1 / cholesky.reciprocalCondition()).isBetween(condition / n / 10, condition * n);
    }

    @Test
    void largeInverseIsAccurateAndSymmetricBitForBit() {
        int n = 257;
        double condition = 1e4;
        DMatrixRMaj a = spd(n, condition, 11);

        INDArray inverse = CholeskyFactorization.of(array(a)).inverse();

        assertThat(inverse.transpose().dup('f').data().asDouble())
                .isEqualTo(inverse.data().asDouble());
        assertThat(relativeError(inverse, ejmlSolution(a, CommonOps_DDRM.identity(n))))
                .isLessThan(8 * n * condition * EPS);
    }

    /** L W L' = C, with W symmetric; the error is that of two triangular solutions, cond * n * eps. */
    @ParameterizedTest(name = "order {0}, condition {1}, seed {2}")
    @CsvSource({"1, 1, 1", "9, 1e2, 3", "64, 1e4, 5"})
    void whitenedMatrixIsCongruent(int n, double condition, long seed) {
        DMatrixRMaj c = spd(n, 10, seed + 2);
        CholeskyFactorization cholesky = CholeskyFactorization.of(array(spd(n, condition, seed)));

        INDArray whitened = cholesky.whiten(array(c));

        INDArray factor = cholesky.factor();
        assertThat(whitened.transpose().dup('f').data().asDouble())
                .isEqualTo(whitened.data().asDouble());
        assertThat(relativeError(factor.mmul(whitened).mmul(factor.transpose()), c))
                .isLessThan(8 * n * condition * EPS);
        assertThatThrownBy(() -> cholesky.whiten(Nd4j.zeros(DataType.DOUBLE, n, n + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c must have the shape");
    }

    @Test
    void factorIsZeroAboveTheDiagonal() {
        INDArray factor = CholeskyFactorization.of(array(spd(5, 10, 3))).factor();
        for (int i = 0; i < 5; i++) {
            for (int j = i + 1; j < 5; j++) {
                assertThat(factor.getDouble(i, j)).isZero();
            }
        }
    }

    @Test
    void vectorAndEmptyRightHandSidesKeepTheirShape() {
        CholeskyFactorization cholesky = CholeskyFactorization.of(array(spd(4, 10, 3)));
        INDArray b = array(gaussian(4, 1, 8));

        assertThat(cholesky.solve(b.reshape(4))).isEqualTo(cholesky.solve(b).reshape(4));
        assertThat(cholesky.solve(Nd4j.create(DataType.DOUBLE, 4, 0)).shape()).containsExactly(4, 0);
    }

    @Test
    void firstNonPositiveLeadingMinorIsNamed() {
        INDArray a = Nd4j.diag(Nd4j.createFromArray(1.0, 2.0, -3.0, 4.0));
        assertThatThrownBy(() -> CholeskyFactorization.of(a))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("order 4 is not positive definite: its leading minor of order 3")
                .hasMessageContaining("damping");
    }

    @Test
    void conditionBeyondDoublePrecisionIsNamed() {
        INDArray a = Nd4j.diag(Nd4j.createFromArray(1.0, 1e-17));
        assertThatThrownBy(() -> CholeskyFactorization.of(a))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("order 2 is numerically singular: its reciprocal condition 1.00e-17");
    }

    /** Condition 1.7e16 at order 12: whether the factorisation itself still succeeds is a matter of rounding. */
    @Test
    void hilbertMatrixIsRefused() {
        assertThatThrownBy(() -> CholeskyFactorization.of(hilbert(12)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("order 12");
        assertThat(CholeskyFactorization.of(hilbert(6)).reciprocalCondition()).isCloseTo(3.4e-8, within(1e-9));
    }

    @Test
    void asymmetryWithinRoundingIsAveraged() {
        DMatrixRMaj exact = spd(6, 10, 4);
        DMatrixRMaj perturbed = exact.copy();
        perturbed.set(1, 4, exact.get(1, 4) + 1e-14);
        DMatrixRMaj averaged = exact.copy();
        averaged.set(1, 4, 0.5 * perturbed.get(1, 4) + 0.5 * exact.get(4, 1));
        averaged.set(4, 1, averaged.get(1, 4));

        assertThat(CholeskyFactorization.of(array(perturbed)).factor())
                .isEqualTo(CholeskyFactorization.of(array(averaged)).factor());
    }

    @ParameterizedTest(name = "{0}: asymmetry {1} is within rounding, {2} is not")
    @CsvSource({"DOUBLE, 1e-14, 1e-12", "FLOAT, 1e-5, 1e-3", "BFLOAT16, 0.0078, 0.02", "HALF, 0.009, 0.02"})
    void asymmetryIsJudgedByTheArgumentsType(DataType type, double accepted, double refused) {
        INDArray a = Nd4j.eye(3).muli(8).castTo(type);
        CholeskyFactorization.of(a.dup().putScalar(0, 1, 8 * accepted));
        assertThatThrownBy(() -> CholeskyFactorization.of(a.dup().putScalar(0, 1, 8 * refused)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("order 3 must be symmetric up to rounding but |spd - spd'| reaches")
                .hasMessageContaining("(a + a') / 2");
    }

    @Test
    void unfittingRightHandSideIsRefused() {
        CholeskyFactorization cholesky = CholeskyFactorization.of(array(spd(3, 10, 3)));
        for (INDArray b : new INDArray[] {Nd4j.ones(DataType.DOUBLE, 2, 3), Nd4j.scalar(1.0)}) {
            assertThatThrownBy(() -> cholesky.solve(b))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("b must have shape [3] or [3, k]");
        }
        assertThatThrownBy(() -> cholesky.solve(Nd4j.valueArrayOf(3, Double.NaN).castTo(DataType.DOUBLE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b must be finite but is NaN at [0, 0]");
    }

    @Test
    void overflowingSolutionIsRefused() {
        CholeskyFactorization cholesky =
                CholeskyFactorization.of(Nd4j.eye(2).castTo(DataType.DOUBLE).muli(1e-200));
        assertThatThrownBy(() -> cholesky.solve(Nd4j.createFromArray(1e200, 1)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("overflows (reciprocal condition 1.00)");
    }

    private static INDArray hilbert(int n) {
        INDArray a = Nd4j.create(DataType.DOUBLE, n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a.putScalar(i, j, 1.0 / (i + j + 1));
            }
        }
        return a;
    }

    private static DMatrixRMaj ejmlFactor(DMatrixRMaj a) {
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(a.numRows, true);
        assertThat(cholesky.decompose(a.copy())).isTrue();
        return cholesky.getT(null);
    }

    private static DMatrixRMaj ejmlSolution(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj x = new DMatrixRMaj(b.numRows, b.numCols);
        assertThat(CommonOps_DDRM.solve(a, b, x)).isTrue();
        return x;
    }
}
