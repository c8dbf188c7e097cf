/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.concurrent.TimeUnit;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.longuse.MemoryTrace;
import io.github.dl4jcurvature.examples.longuse.Workload;
import io.github.dl4jcurvature.examples.report.Figures;

/** Trains for a long time and shows whether memory grows or the loss leaves the finite numbers. */
public final class LongTraining {
    private static final double DEFAULT_MINUTES = 60;
    private static final int LEAST_SAMPLES = 10;
    private static final double NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);

    private LongTraining() {}

    /**
     * Trains, prints a sample every minute, or ten of them if the time is short, and ends with the figures.
     *
     * @param arguments the updater, {@code fishleg}, {@code ncl}, {@code gauss-newton}, {@code gauss-newton-truncated}, {@code surgeon} or
     *     {@code gplvm}; then, if
     *     wanted, minutes, by default 60
     * @throws IllegalArgumentException if the updater is missing or unknown, or minutes are not positive and finite
     * @throws IllegalStateException if the loss is not finite
     */
    public static void main(String[] arguments) {
        if (arguments.length < 1 || arguments.length > 2) {
            throw new IllegalArgumentException(
                    "expected an updater and, if wanted, minutes but there are %d arguments; pass for example 'fishleg 60'"
                            .formatted(arguments.length));
        }
        double minutes = arguments.length > 1 ? minutes(arguments[1]) : DEFAULT_MINUTES;
        Workload workload = Workload.of(arguments[0]);
        System.out.println(Machine.description());
        System.out.println(train(workload, minutes));
    }

    private static double minutes(String argument) {
        double minutes;
        try {
            minutes = Double.parseDouble(argument);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "minutes must be a number but are '%s'; pass for example 60".formatted(argument), e);
        }
        if (!(minutes > 0 && minutes < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "minutes must be positive and finite but are %s; pass for example 60".formatted(argument));
        }
        return minutes;
    }

    private static Figures train(Workload workload, double minutes) {
        double interval = Math.min(1, minutes / LEAST_SAMPLES);
        MemoryTrace memory = new MemoryTrace();
        long start = System.nanoTime();
        double next = interval;
        double elapsed = 0;
        double loss = Double.NaN;
        int iteration = 0;
        while (elapsed < minutes || !memory.hasSlope()) { // a first step may take longer than a short time
            iteration++;
            loss = workload.step(iteration);
            if (!Double.isFinite(loss)) {
                throw new IllegalStateException(
                        "the loss is %s at iteration %d; lower the learning rate of the workload"
                                .formatted(loss, iteration));
            }
            elapsed = (System.nanoTime() - start) / NANOS_PER_MINUTE;
            if (elapsed >= next) {
                String found = memory.sample(elapsed / 60);
                System.out.printf(
                        "minute %.2f, iteration %d: %s, loss %.4f, parameters %.1f%n",
                        elapsed, iteration, found, loss, workload.parameterNorm());
                next = elapsed + interval;
            }
        }
        return new Figures()
                .put("minutes", elapsed)
                .put("iterations", iteration)
                .put("loss.last", loss)
                .put("parameters.norm", workload.parameterNorm())
                .addAll(memory.figures());
    }
}
