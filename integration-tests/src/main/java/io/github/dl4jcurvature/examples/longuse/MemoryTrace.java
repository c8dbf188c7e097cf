/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.longuse;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.github.dl4jcurvature.examples.report.Figures;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory of this process in the course of time. Slopes are those of the least-squares line through the samples after the first third of
 * the time, in which classes are loaded and compiled.
 */
public final class MemoryTrace {
    private static final double MEGABYTE = 1 << 20;

    private final List<Sample> samples = new ArrayList<>();

    /**
     * What one look at memory found.
     *
     * @param hours since the start
     * @param heap MB in use after a collection
     * @param resident MB of physical memory of the whole process, the heap's pages that were ever touched among them
     */
    record Sample(double hours, double heap, double resident) {}

    /**
     * Collects garbage and takes a sample.
     *
     * @param hours since the start
     * @return the sample for people
     */
    public String sample(double hours) {
        System.gc();
        System.gc(); // what the first one left to reference queues
        Runtime runtime = Runtime.getRuntime();
        Sample sample = new Sample(
                hours, (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE, Pointer.physicalBytes() / MEGABYTE);
        add(sample);
        return "heap %.1f MB, resident %.1f MB".formatted(sample.heap(), sample.resident());
    }

    void add(Sample sample) {
        samples.add(sample);
    }

    /**
     * Slopes in MB per hour and the highest resident memory.
     *
     * @return {@code heap.mb.per.hour}, {@code native.mb.per.hour}, {@code native.highest.mb} and {@code samples}
     * @throws IllegalStateException if fewer than three samples lie after the first third
     */
    public Figures figures() {
        return new Figures()
                .put("samples", samples.size())
                .put("heap.mb.per.hour", slope(Sample::heap))
                .put("native.mb.per.hour", slope(Sample::resident))
                .put(
                        "native.highest.mb",
                        samples.stream().mapToDouble(Sample::resident).max().orElseThrow());
    }

    /** Whether there are samples enough for {@link #figures}. */
    public boolean hasSlope() {
        return late().size() >= 3;
    }

    private List<Sample> late() {
        double last = samples.isEmpty() ? 0 : samples.get(samples.size() - 1).hours();
        return samples.stream().filter(sample -> sample.hours() > last / 3).toList();
    }

    private double slope(ToDoubleFunction<Sample> value) {
        List<Sample> late = late();
        if (late.size() < 3) {
            throw new IllegalStateException(
                    "a slope needs three samples after the first third but there are %d; train longer or sample more often"
                            .formatted(late.size()));
        }
        double meanHours = late.stream().mapToDouble(Sample::hours).average().orElseThrow();
        double covariance = 0;
        double variance = 0;
        for (Sample sample : late) {
            double distance = sample.hours() - meanHours;
            covariance += distance * value.applyAsDouble(sample);
            variance += distance * distance;
        }
        return covariance / variance;
    }
}
