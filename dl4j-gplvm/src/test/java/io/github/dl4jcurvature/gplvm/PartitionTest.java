/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PartitionTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 7", "2, 8", "3, 8", "16, 5", "0, 3"})
    void resultsStandInTheOrderOfTheParts(int threads, int parts) {
        List<Integer> results = new Partition(threads).run(parts, part -> {
            if (part % 2 == 0) {
                LockSupport.parkNanos(1_000_000L * (parts - part)); // later parts are done first
            }
            return part * part;
        });
        assertThat(results).hasSize(parts);
        for (int part = 0; part < parts; part++) {
            assertThat(results.get(part)).isEqualTo(part * part);
        }
    }

    /** Every index once, whatever the numbers; ranges differ by at most one index. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "2, 7", "2, 8", "4, 9", "3, 1000", "8, 0"})
    void rangesCoverEveryIndexOnce(int threads, int count) {
        AtomicIntegerArray visits = new AtomicIntegerArray(count);
        Set<Integer> sizes = ConcurrentHashMap.newKeySet();
        AtomicInteger ranges = new AtomicInteger();
        new Partition(threads).forRanges(count, (from, to) -> {
            ranges.incrementAndGet();
            sizes.add(to - from);
            for (int i = from; i < to; i++) {
                visits.incrementAndGet(i);
            }
        });
        for (int i = 0; i < count; i++) {
            assertThat(visits.get(i)).as("index %d", i).isEqualTo(1);
        }
        assertThat(ranges.get()).isEqualTo(Math.min(Partition.PARTS, count));
        assertThat(sizes).allMatch(size -> size == count / Partition.PARTS || size == count / Partition.PARTS + 1);
    }

    /** Sums in floating point depend on their order. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5, 8})
    void sumsDoNotDependOnThreads(int threads) {
        assertThat(sum(threads)).isEqualTo(sum(1));
        double inOneGo = 0;
        for (int i = 0; i < 1000; i++) {
            inOneGo += 1.0 / (3 * i + 1);
        }
        assertThat(sum(1)).isNotEqualTo(inOneGo); // so that the order does matter
    }

    private static double sum(int threads) {
        double total = 0;
        for (double part : new Partition(threads).run(Partition.PARTS, PartitionTest::partialSum)) {
            total += part;
        }
        return total;
    }

    private static double partialSum(int part) {
        double own = 0;
        for (int i = Partition.bound(part, Partition.PARTS, 1000);
                i < Partition.bound(part + 1, Partition.PARTS, 1000);
                i++) {
            own += 1.0 / (3 * i + 1);
        }
        return own;
    }

    /** Two parts that wait for each other end only if they run at the same time. */
    @Test
    void partsRunAtTheSameTime() {
        CountDownLatch both = new CountDownLatch(2);
        List<Boolean> met = new Partition(2).run(2, part -> {
            both.countDown();
            try {
                return both.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(met).containsExactly(true, true);
    }

    @Test
    void oneThreadIsTheThreadOfTheCaller() {
        assertThat(new Partition(1).run(3, part -> Thread.currentThread())).containsOnly(Thread.currentThread());
        assertThat(new Partition(4).run(1, part -> Thread.currentThread())).containsOnly(Thread.currentThread());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void failuresAreThrownAsTheyAre(int threads) {
        IllegalArgumentException failure = new IllegalArgumentException("part 3 is bad");
        assertThatThrownBy(() -> new Partition(threads).run(4, part -> {
                    if (part == 3) {
                        throw failure;
                    }
                    return part;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> new Partition(threads).run(4, part -> {
                    throw new AssertionError("broken");
                }))
                .hasStackTraceContaining("broken");
    }

    @Test
    void interruptionIsReportedAndKept() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> new Partition(2).run(4, part -> part))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void largestBoundsDoNotOverflow() {
        assertThat(Partition.bound(8, 8, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Partition.bound(7, 8, Integer.MAX_VALUE)).isEqualTo(1_879_048_191); // 7/8 of 2^31 - 1
    }
}
