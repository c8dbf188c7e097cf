/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import java.util.Map;
import java.util.TreeMap;

import io.github.dl4jcurvature.examples.report.Figures;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExtrapolationTest {
    private final Figures figures = new Figures();

    /** From 3 s at 20 to 40 by the square; from 2 s at 10 the rule had given 8 s. */
    @Test
    void theLargestSizeGrowsByThePowerAndTheOneBeforeTellsHowGoodThatIs() {
        Extrapolation extrapolation = new Extrapolation(figures);
        extrapolation.add("Ncl step, beyond Adam", "width", 2, new TreeMap<>(Map.of(5, 99.0, 10, 2.0, 20, 3.0)), 40);
        assertThat(figures.toString().lines())
                .containsExactly(
                        "rule.ncl.step.beyond.adam.width = 2.6667",
                        "extrapolated.ncl.step.beyond.adam.width.40 = 12.0000");
        assertThat(extrapolation.toString().lines().toList().get(2))
                .contains("2.67")
                .contains("12.0");
    }

    /** 10^6 numbers there and back are 8 MB; 100 steps of 0.1 s are 10 s, in which a gigabit a second carries 1250 MB. */
    @Test
    void aLinkFeedsAsManyWorkersAsItServesWhileTheyCompute() {
        AveragingPoints averaging = new AveragingPoints(figures);
        averaging.add(64, "adam", 400_000, 600_000, 0.1);
        assertThat(figures.toString().lines())
                .containsExactly("workers.adam.64.gigabits.1 = 156.2500", "workers.adam.64.gigabits.10 = 1562.5000");
        assertThat(averaging.toString().lines().toList().get(2)).contains("8.0").contains("156.3");
    }
}
