/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SeedsTest {
    @Test
    void propertiesSelectTheSeeds() {
        assertThat(Seeds.seeds(null, null).toArray()).containsExactly(1, 2, 3, 4, 5);
        assertThat(Seeds.seeds(null, "2").toArray()).containsExactly(1, 2);
        assertThat(Seeds.seeds("-123", "1000").toArray()).containsExactly(-123);
    }

    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.testkit.Seeds#seeds")
    void displayNameShowsTheSeed(long seed, TestInfo info) {
        assertThat(info.getDisplayName()).matches(".*seed ?= ?" + seed);
    }

    @Test
    void badPropertiesAreRefused() {
        assertThatThrownBy(() -> Seeds.seeds("1.5", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test.seed must be an integer but is '1.5'");
        assertThatThrownBy(() -> Seeds.seeds(null, "0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test.seeds must be at least 1 but is 0");
    }
}
