/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;

import org.apache.commons.math3.distribution.PoissonDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SyntheticNeuronsTest {
    private static final int NEURONS = 50;
    private static final int TIMES = 200;

    private static SyntheticNeurons neurons() {
        return SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, 3);
    }

    /**
     * Counts less their rates, in units of the root of the rate, have mean 0 and variance 1, within four standard errors, which for
     * counts are sqrt(1 / n) and sqrt((2 + 1 / rate) / n).
     */
    @ParameterizedTest
    @ValueSource(doubles = {4, 700, 2000, 1e6})
    void countsHaveMeanAndVarianceOfTheirRates(double meanCount) {
        SyntheticNeurons neurons = neurons();
        INDArray counts = neurons.counts(meanCount, 5);
        double sum = 0;
        double squares = 0;
        double inverses = 0;
        int whole = 0;
        int n = NEURONS * TIMES;
        for (int i = 0; i < n; i++) {
            double rate = meanCount * Math.max(neurons.rates().getDouble(i), 0.01);
            double count = counts.getDouble(i);
            whole += count >= 0 && count == Math.rint(count) ? 1 : 0;
            double z = (count - rate) / Math.sqrt(rate);
            sum += z;
            squares += z * z;
            inverses += 1 / rate;
        }
        assertThat(whole).isEqualTo(n);
        assertThat(sum / n).isCloseTo(0, within(4 / Math.sqrt(n)));
        assertThat(squares / n).isCloseTo(1, within(4 * Math.sqrt((2 + inverses / n) / n)));
    }

    /**
     * Counts of one rate against their probabilities, in 20 cells of 5000 draws or so: \(\chi^2\) of 19 degrees of freedom is below 44
     * with probability 0.999.
     */
    @ParameterizedTest
    @ValueSource(doubles = {100, 650})
    void countsHaveThePoissonDistribution(double rate) {
        int draws = 100_000;
        SyntheticNeurons ones = new SyntheticNeurons(
                Manifold.circle(),
                Nd4j.zeros(DataType.DOUBLE, draws, 1),
                Nd4j.zeros(DataType.DOUBLE, 1, 1),
                Nd4j.ones(DataType.DOUBLE, draws, 1),
                Nd4j.ones(DataType.DOUBLE, draws, 1));
        double[] counts = ones.counts(rate, 9).dup().data().asDouble();
        PoissonDistribution poisson = new PoissonDistribution(rate);
        int cells = 20;
        int[] hits = new int[cells];
        double[] expected = new double[cells];
        int[] ends = new int[cells];
        Arrays.setAll(
                ends,
                i -> i == cells - 1 ? Integer.MAX_VALUE : poisson.inverseCumulativeProbability((i + 1.0) / cells));
        for (int i = 0; i < cells; i++) {
            double below = i == 0 ? 0 : poisson.cumulativeProbability(ends[i - 1]);
            expected[i] = draws * ((i == cells - 1 ? 1 : poisson.cumulativeProbability(ends[i])) - below);
        }
        for (double count : counts) {
            int cell = 0;
            while (count > ends[cell]) {
                cell++;
            }
            hits[cell]++;
        }
        double chiSquared = 0;
        for (int i = 0; i < cells; i++) {
            chiSquared += (hits[i] - expected[i]) * (hits[i] - expected[i]) / expected[i];
        }
        assertThat(chiSquared).isLessThan(44);
    }

    @Test
    void ratesThatAreNoNumbersAreRefused() {
        SyntheticNeurons neurons = neurons();
        neurons.rates().putScalar(3, 7, Double.NaN);
        assertThatThrownBy(() -> neurons.counts(1, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the largest rate NaN");
    }

    @Test
    void noMeanNoCounts() {
        assertThat(neurons().counts(0, 5).sumNumber().longValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, 1e10})
    void meanCountsOfNoCountsAreRefused(double meanCount) {
        assertThatThrownBy(() -> neurons().counts(meanCount, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("meanCount is " + meanCount)
                .hasMessageContaining("at most 1e+09");
    }
}
