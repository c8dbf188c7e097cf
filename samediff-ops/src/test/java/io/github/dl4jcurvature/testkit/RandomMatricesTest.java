/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Spectra are checked by EJML. A backward stable algorithm errs by n eps times the norm, 1; the factor 10 is slack. */
class RandomMatricesTest {
    private static final double EPS = Math.ulp(1.0);

    @Test
    void seedDeterminesEveryMatrix() {
        assertThatMatrix(RandomMatrices.gaussian(3, 4, 5)).isBitEqualTo(RandomMatrices.gaussian(3, 4, 5));
        assertThatMatrix(RandomMatrices.spdWithCondition(4, 10, 5))
                .isBitEqualTo(RandomMatrices.spdWithCondition(4, 10, 5));
        assertThat(RandomMatrices.gaussian(3, 4, 5)).isNotEqualTo(RandomMatrices.gaussian(3, 4, 6));
    }

    /** The mean of 10^4 normal numbers has standard deviation 0.01, their mean square 0.014; the bars are at 5 of them. */
    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.testkit.Seeds#seeds")
    void gaussianEntriesHaveMeanZeroAndVarianceOne(long seed) {
        INDArray draw = RandomMatrices.gaussian(100, 100, seed);
        assertThat(draw.dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(draw.meanNumber().doubleValue()).isCloseTo(0, within(0.05));
        assertThat(draw.mul(draw).meanNumber().doubleValue()).isCloseTo(1, within(0.07));
    }

    /** The mean of 10^4 uniform numbers has standard deviation 0.003. */
    @Test
    void uniformEntriesFillTheUnitInterval() {
        INDArray draw = RandomMatrices.uniform(new long[] {10, 10, 100}, 3);
        assertThatMatrix(draw).hasShape(10, 10, 100);
        assertThat(draw.minNumber().doubleValue()).isBetween(0.0, 0.01);
        assertThat(draw.maxNumber().doubleValue()).isBetween(0.99, 1.0);
        assertThat(draw.meanNumber().doubleValue()).isCloseTo(0.5, within(0.015));
    }

    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.testkit.Seeds#seeds")
    void columnsAreOrthonormal(long seed) {
        INDArray q = RandomMatrices.orthonormal(9, 6, seed);
        assertThatMatrix(q).hasShape(9, 6);
        assertThatMatrix(q.transpose().mmul(q)).isWithinAbsolute(Nd4j.eye(6).castTo(DataType.DOUBLE), 90 * EPS);
        INDArray square = RandomMatrices.orthogonal(7, seed);
        assertThatMatrix(square.mmul(square.transpose()))
                .isWithinAbsolute(Nd4j.eye(7).castTo(DataType.DOUBLE), 70 * EPS);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 100", "6, 1e8", "5, 1"})
    void spdMatrixHasTheRequestedCondition(int n, double condition) {
        INDArray a = RandomMatrices.spdWithCondition(n, condition, 11);
        assertThatMatrix(a).isSymmetric();
        assertThatSpectrumRunsFromOneTo(1 / condition, a);
    }

    @ParameterizedTest
    @CsvSource({"6, 4, 1e4", "4, 6, 1e4", "5, 5, 10"})
    void rectangularMatrixHasTheRequestedCondition(int rows, int columns, double condition) {
        INDArray a = RandomMatrices.matrixWithCondition(rows, columns, condition, 12);
        assertThatMatrix(a).hasShape(rows, columns);
        assertThatSpectrumRunsFromOneTo(1 / condition, a);
    }

    @Test
    void indefiniteSpectrumIsKept() {
        INDArray a = RandomMatrices.symmetricWithEigenvalues(new double[] {-3, 1, 2}, 13);
        INDArray identity = Nd4j.eye(3).castTo(DataType.DOUBLE);
        INDArray annihilated = a.add(identity.mul(3)).mmul(a.sub(identity)).mmul(a.sub(identity.mul(2)));
        assertThatMatrix(annihilated)
                .isWithinAbsolute(identity.mul(0), 60 * 30 * EPS); // Cayley-Hamilton, |factors| <= 60
        assertThat(a.getDouble(0, 0) + a.getDouble(1, 1) + a.getDouble(2, 2)).isCloseTo(0, within(90 * EPS));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, Double.NaN, Double.POSITIVE_INFINITY})
    void impossibleConditionIsRefused(double condition) {
        assertThatThrownBy(() -> RandomMatrices.spdWithCondition(3, condition, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("condition must be finite and at least 1 but is " + condition);
    }

    @Test
    void moreOrthonormalColumnsThanRowsAreRefused() {
        assertThatThrownBy(() -> RandomMatrices.orthonormal(2, 3, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("columns must not exceed rows but they are 3 and 2");
    }

    private static void assertThatSpectrumRunsFromOneTo(double smallest, INDArray a) {
        DMatrixRMaj matrix = new DMatrixRMaj(a.toDoubleMatrix());
        double[] values = SingularOps_DDRM.singularValues(matrix); // descending
        double tolerance = 10 * values.length * EPS;
        assertThat(values[0]).isCloseTo(1, within(tolerance));
        assertThat(values[values.length - 1]).isCloseTo(smallest, within(tolerance));
    }
}
