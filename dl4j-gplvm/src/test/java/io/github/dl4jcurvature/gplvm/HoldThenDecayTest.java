/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class HoldThenDecayTest {
    private final ISchedule schedule = new HoldThenDecay(0.5, 100);

    @Test
    void theRateStaysForSixTenthsAndThenFallsToATenth() {
        for (int iteration : new int[] {0, 30, 60}) {
            assertThat(schedule.valueAt(iteration, 9)).isEqualTo(0.5);
        }
        assertThat(schedule.valueAt(61, 0)).isLessThan(0.5);
        assertThat(schedule.valueAt(80, 0)).isCloseTo(0.5 * 0.55, within(1e-15)); // half of the way
        assertThat(schedule.valueAt(70, 0)).isCloseTo(0.5 * (0.1 + 0.45 * (1 + Math.sqrt(0.5))), within(1e-15));
        for (int iteration : new int[] {100, 101, 1000}) {
            assertThat(schedule.valueAt(iteration, 0)).isCloseTo(0.05, within(1e-15));
        }
    }

    @Test
    void schedulesAreEqualIfRateAndLengthAre() {
        assertThat(schedule)
                .isEqualTo(schedule.clone())
                .hasSameHashCodeAs(schedule.clone())
                .isNotEqualTo(new HoldThenDecay(0.4, 100))
                .isNotEqualTo(new HoldThenDecay(0.5, 99));
    }
}
