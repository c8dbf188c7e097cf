/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;

/**
 * Seeds of randomised tests, to be used as {@code @MethodSource("io.github.dl4jcurvature.testkit.Seeds#seeds")} with a
 * parameter named {@code seed}, so that the display name shows the seed.
 *
 * <p>{@code -Dtest.seed=123} runs the one seed 123; {@code -Dtest.seeds=1000} widens the sweep to 1 .. 1000. The default
 * is 1 .. {@value #DEFAULT_COUNT}.
 */
public final class Seeds {
    /** Property that selects one seed. */
    public static final String SEED_PROPERTY = "test.seed";

    /** Property that sets the number of seeds. */
    public static final String COUNT_PROPERTY = "test.seeds";

    /** Number of seeds if no property is set. */
    public static final int DEFAULT_COUNT = 5;

    private Seeds() {}

    /**
     * Seeds chosen by the system properties.
     *
     * @return at least one seed
     */
    public static LongStream seeds() {
        return seeds(System.getProperty(SEED_PROPERTY), System.getProperty(COUNT_PROPERTY));
    }

    static LongStream seeds(@Nullable String seed, @Nullable String count) {
        if (seed != null) {
            return LongStream.of(parse(SEED_PROPERTY, seed));
        }
        long last = count == null ? DEFAULT_COUNT : parse(COUNT_PROPERTY, count);
        if (last < 1) {
            throw new IllegalArgumentException("%s must be at least 1 but is %d".formatted(COUNT_PROPERTY, last));
        }
        return LongStream.rangeClosed(1, last);
    }

    private static long parse(String property, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s must be an integer but is '%s'".formatted(property, value), e);
        }
    }
}
