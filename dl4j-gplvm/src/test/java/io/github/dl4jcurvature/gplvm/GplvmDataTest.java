/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class GplvmDataTest {
    private static final double NAN = Double.NaN;

    private static INDArray counts() {
        return Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {0, 1, 0}});
    }

    private static void assertRefused(INDArray data, Likelihood likelihood, int inducing, String... message) {
        double[] before = data.dup().data().asDouble();
        var thrown = assertThatThrownBy(() -> GplvmData.requireUsable(data, likelihood, inducing))
                .isInstanceOf(IllegalArgumentException.class);
        for (String part : message) {
            thrown.hasMessageContaining(part);
        }
        assertThat(data.dup().data().asDouble()).containsExactly(before);
    }

    @ParameterizedTest
    @EnumSource(Likelihood.class)
    void usableDataPassAndStay(Likelihood likelihood) {
        INDArray data = counts();
        data.putScalar(0, 1, NAN);
        double[] before = data.dup().data().asDouble();
        GplvmData.requireUsable(data, likelihood, 4);
        GplvmData.requireUsable(data.castTo(DataType.FLOAT), likelihood, 1);
        assertThat(data.dup().data().asDouble()).containsExactly(before);
    }

    @Test
    void unusableDataAreRefusedByName() {
        assertRefused(Nd4j.zeros(DataType.DOUBLE, 4), Likelihood.GAUSSIAN, 1, "[4]", "[times, neurons]");
        assertRefused(Nd4j.zeros(DataType.DOUBLE, 2, 3, 4), Likelihood.GAUSSIAN, 1, "[2, 3, 4]");
        assertRefused(Nd4j.zeros(DataType.DOUBLE, 1, 3), Likelihood.GAUSSIAN, 1, "[1, 3]", "two times");
        assertRefused(Nd4j.zeros(DataType.DOUBLE, 4, 1), Likelihood.GAUSSIAN, 1, "1 neuron", "rows are times");
        assertRefused(counts(), Likelihood.GAUSSIAN, 5, "inducing is 5", "number of times, 4", "fewer");
        INDArray row = counts();
        row.getRow(2).assign(NAN);
        assertRefused(row, Likelihood.GAUSSIAN, 2, "row 2", "NaN only");
        INDArray column = counts();
        for (int t = 1; t < 4; t++) {
            column.putScalar(t, 1, NAN);
        }
        assertRefused(column, Likelihood.GAUSSIAN, 2, "column 1", "1 entries", "needs two");
        assertRefused(counts().putScalar(3, 2, Double.NEGATIVE_INFINITY), Likelihood.GAUSSIAN, 2, "time 3, neuron 2");
        assertRefused(counts().putScalar(1, 0, -1), Likelihood.POISSON, 2, "time 1, neuron 0", "count of at least 0");
        assertRefused(counts().putScalar(1, 0, -1), Likelihood.NEGATIVE_BINOMIAL, 2, "-1.0");
    }

    /** Two entries are enough for a neuron, as many inducing points as times are allowed, negative values are for Gaussian noise. */
    @Test
    void limitsAreAllowed() {
        INDArray data = counts();
        data.putScalar(0, 1, NAN).putScalar(1, 1, NAN).putScalar(2, 0, -3);
        GplvmData.requireUsable(data, Likelihood.GAUSSIAN, 4);
        GplvmData.requireUsable(Nd4j.ones(DataType.DOUBLE, 2, 2), Likelihood.GAUSSIAN, 2);
    }

    @Test
    void deviationsAreOfWhatIsThere() {
        assertThat(GplvmData.deviation(new double[] {1, NAN, 4, 7})).isCloseTo(Math.sqrt(6), within(1e-15));
        assertThat(GplvmData.deviation(new double[] {5, 5})).isEqualTo(1e-3); // the floor of the variance is 1e-6
        assertThat(GplvmData.deviation(new double[] {NAN})).isEqualTo(1);
    }

    /** Neurons by times, also from views in other orders and types; the source stays. */
    @Test
    void observationsAreTheTranspose() {
        INDArray big = Nd4j.arange(0, 60).castTo(DataType.DOUBLE).reshape('c', 6, 10);
        INDArray view = big.get(NDArrayIndex.interval(1, 2, 6), NDArrayIndex.interval(2, 6)); // rows 1, 3, 5
        for (INDArray data : new INDArray[] {view, view.dup('f'), view.castTo(DataType.FLOAT)}) {
            Observations observations = GplvmData.observations(data, Likelihood.GAUSSIAN);
            assertThat(observations.times()).isEqualTo(3);
            assertThat(observations.neurons()).isEqualTo(4);
            for (int n = 0; n < 4; n++) {
                assertThat(observations.values()[n]).containsExactly(12 + n, 32 + n, 52 + n);
            }
            observations.values()[0][0] = -1;
            assertThat(view.getDouble(0, 0)).isEqualTo(12);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void momentsLeaveOutWhatIsMissing(int missing) {
        double[] present = {0.3, -1.2, 2.5, 0.9, 4};
        double[] values = new double[present.length + missing];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < missing ? NAN : present[i - missing];
        }
        assertThat(GplvmData.mean(values)).isCloseTo(StatUtils.mean(present), within(1e-15));
        assertThat(GplvmData.deviation(values))
                .isCloseTo(Math.sqrt(StatUtils.populationVariance(present)), within(1e-15));
        assertThat(GplvmData.variance(values)).isCloseTo(StatUtils.mean(present), within(1e-15));
    }

    /** First values must be positive: they go through logarithms. */
    @Test
    void momentsHaveFloors() {
        assertThat(GplvmData.variance(new double[] {-3, -5})).isEqualTo(0.05);
        assertThat(GplvmData.deviation(new double[] {2, 2, 2})).isCloseTo(1e-3, within(1e-15));
        assertThat(GplvmData.mean(new double[] {NAN, NAN})).isZero();
        assertThat(GplvmData.variance(new double[] {NAN})).isEqualTo(0.05);
        assertThat(GplvmData.deviation(new double[] {NAN})).isEqualTo(1);
    }
}
