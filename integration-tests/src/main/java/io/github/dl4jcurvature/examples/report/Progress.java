/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.report;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/** Lines that say how far a long run has come: percentage, seconds since its start, and what was done last. */
public final class Progress {
    private final PrintStream out;
    private final int total;
    private final DoubleSupplier seconds;
    private String part = "";
    private int done;

    /**
     * Starts the clock.
     *
     * @param out where lines go
     * @param total sum of the weights of all steps to come, for instance the seconds they are expected to take
     */
    public Progress(PrintStream out, int total) {
        this(out, total, clock());
    }

    Progress(PrintStream out, int total, DoubleSupplier seconds) {
        if (total < 1) {
            throw new IllegalArgumentException(
                    "total must be at least 1 but is %d; give the sum of the weights".formatted(total));
        }
        this.out = out;
        this.total = total;
        this.seconds = seconds;
    }

    private static DoubleSupplier clock() {
        long start = System.nanoTime();
        return () -> (System.nanoTime() - start) * 1e-9;
    }

    /** Progress that nobody sees. */
    public static Progress silent() {
        return new Progress(
                new PrintStream(PrintStream.nullOutputStream(), false, java.nio.charset.StandardCharsets.UTF_8), 1);
    }

    /**
     * Announces the part that following steps belong to.
     *
     * @param name of the part
     */
    public synchronized void begin(String name) {
        part = name;
        print("starts");
    }

    /**
     * Reports a step that is done.
     *
     * @param what the step
     * @param weight its share of the total
     */
    public synchronized void done(String what, int weight) {
        done += weight;
        print(what);
    }

    private void print(String what) {
        out.printf(
                Locale.ROOT,
                "%3d %%  %4.0f s  %s: %s%n",
                Math.min(100, 100 * done / total),
                seconds.getAsDouble(),
                part,
                what);
        out.flush();
    }
}
