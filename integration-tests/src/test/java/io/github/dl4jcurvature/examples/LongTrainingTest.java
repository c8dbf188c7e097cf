/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LongTrainingTest {
    @Test
    void asksForAnUpdater() {
        assertThatThrownBy(() -> LongTraining.main(new String[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there are 0 arguments");
        assertThatThrownBy(() -> LongTraining.main(new String[] {"adam"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("updater 'adam' is unknown")
                .hasMessageContaining("[fishleg, ncl, gauss-newton, gauss-newton-truncated, surgeon, gplvm]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "Infinity", "long"})
    void minutesArePositive(String minutes) {
        assertThatThrownBy(() -> LongTraining.main(new String[] {"fishleg", minutes}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("minutes must be")
                .hasMessageContaining(minutes);
    }

    @Test
    void endsWithItsFigures() {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            LongTraining.main(new String[] {"fishleg", "0.05"});
        } finally {
            System.setOut(out);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains(" = ")))
                .extracting(line -> line.substring(0, line.indexOf(" = ")))
                .containsExactly(
                        "minutes",
                        "iterations",
                        "loss.last",
                        "parameters.norm",
                        "samples",
                        "heap.mb.per.hour",
                        "native.mb.per.hour",
                        "native.highest.mb");
    }
}
