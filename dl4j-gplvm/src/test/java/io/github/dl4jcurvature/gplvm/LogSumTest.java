/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LogSumTest {
    private static final double LOWEST = Double.NEGATIVE_INFINITY;

    @Test
    void sumsOfExponentialsDoNotOverflow() {
        assertThat(LogSum.of(new double[] {Math.log(2), Math.log(3), Math.log(5)}))
                .isCloseTo(Math.log(10), within(1e-15));
        assertThat(LogSum.of(new double[] {1000, 1000, 1000, 1000})).isCloseTo(1000 + Math.log(4), within(1e-12));
        assertThat(LogSum.of(new double[] {-2000, -2000})).isCloseTo(-2000 + Math.log(2), within(1e-12));
        assertThat(LogSum.of(new double[] {7, LOWEST})).isEqualTo(7);
    }

    @Test
    void sumsOfNothingAndOfNoNumbers() {
        assertThat(LogSum.of(new double[0])).isEqualTo(LOWEST);
        assertThat(LogSum.of(new double[] {LOWEST, LOWEST})).isEqualTo(LOWEST);
        assertThat(LogSum.of(new double[] {3, Double.POSITIVE_INFINITY})).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(LogSum.of(new double[] {3, Double.NaN})).isNaN();
    }
}
