/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.longuse;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MemoryTraceTest {
    @Test
    void slopesLeaveOutTheFirstThird() {
        MemoryTrace memory = new MemoryTrace();
        memory.add(new MemoryTrace.Sample(0.25, 900, 5000)); // a third of 0.75 and no later
        memory.add(new MemoryTrace.Sample(0.5, 110, 800));
        memory.add(new MemoryTrace.Sample(0.625, 114, 790));
        memory.add(new MemoryTrace.Sample(0.75, 112, 780));
        assertThat(memory.figures().toString().lines())
                .containsExactly(
                        "samples = 4",
                        "heap.mb.per.hour = 8.0000", // (112 - 110) / 0.25: the middle one has no weight
                        "native.mb.per.hour = -80.0000",
                        "native.highest.mb = 5000.0000");
    }

    @Test
    void twoSamplesMakeNoSlope() {
        MemoryTrace memory = new MemoryTrace();
        memory.add(new MemoryTrace.Sample(0.5, 100, 800));
        memory.add(new MemoryTrace.Sample(1, 100, 800));
        assertThatThrownBy(memory::figures)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there are 2; train longer");
    }
}
