/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Runs a property on random cases: each works or is refused for a reason that is ours to give, and changes nothing it was handed.
 *
 * <p>{@code -Dfuzz.cases=10000} sets the number of cases of each property, {@code -Dfuzz.seed=123} the first seed; a failure names its
 * seed, and both together rerun it alone. {@code -Dfuzz.report=file} appends a line with the counts of each property to a file.
 */
public final class Fuzz {
    /** Property that sets the number of cases. */
    public static final String CASES_PROPERTY = "fuzz.cases";

    /** Property that sets the first seed. */
    public static final String SEED_PROPERTY = "fuzz.seed";

    /** Property that names the file of the counts. */
    public static final String REPORT_PROPERTY = "fuzz.report";

    private Fuzz() {}

    /**
     * Runs a property.
     *
     * @param name of the property, for the report
     * @param cases number of cases if {@value #CASES_PROPERTY} is not set
     * @param property throws an {@link AssertionError} where it does not hold, and lets refusals through
     * @throws AssertionError that names the seed of the first case that fails
     */
    public static void forCases(String name, int cases, Consumer<FuzzCase> property) {
        long first = Long.getLong(SEED_PROPERTY, 1);
        int number = Integer.getInteger(CASES_PROPERTY, cases);
        Outcomes outcomes = run(first, number, property);
        report(
                System.getProperty(REPORT_PROPERTY),
                "%s: %d cases from seed %d, %d refused by the library, %d by the host%n"
                        .formatted(name, number, first, outcomes.ours, outcomes.hosts));
    }

    /** How many cases did not work, by who said so. */
    record Outcomes(int ours, int hosts) {}

    static Outcomes run(long first, int cases, Consumer<FuzzCase> property) {
        int ours = 0;
        int hosts = 0;
        for (long seed = first; seed < first + cases; seed++) {
            switch (one(seed, property)) {
                case LIBRARY -> ours++;
                case HOST -> hosts++;
                default -> {}
            }
        }
        return new Outcomes(ours, hosts);
    }

    private static Refusal one(long seed, Consumer<FuzzCase> property) {
        FuzzCase drawn = new FuzzCase(seed);
        Refusal refusal = Refusal.NONE;
        try {
            property.accept(drawn);
        } catch (RuntimeException e) {
            refusal = Refusal.of(e);
            if (refusal == Refusal.CRASH) {
                throw failure(seed, e);
            }
        } catch (AssertionError | StackOverflowError e) {
            throw failure(seed, e);
        }
        try {
            drawn.assertUnchanged();
        } catch (AssertionError e) {
            throw failure(seed, e);
        }
        return refusal;
    }

    private static AssertionError failure(long seed, Throwable cause) {
        return new AssertionError(
                "seed %d fails; rerun it alone with -D%s=%d -D%s=1: %s"
                        .formatted(seed, SEED_PROPERTY, seed, CASES_PROPERTY, cause),
                cause);
    }

    private static void report(@Nullable String file, String line) {
        if (file == null) {
            return;
        }
        try {
            Files.writeString(Path.of(file), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
