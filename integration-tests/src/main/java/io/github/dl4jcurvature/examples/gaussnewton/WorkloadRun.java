/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.examples.experiment.Median;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Training beside recorded losses. */
public final class WorkloadRun {
    private static final int WARM_UP = 3;

    private final MultiLayerNetwork network;
    private final double[] recorded;
    private final List<Double> seconds = new ArrayList<>();
    private double deviation;

    WorkloadRun(MultiLayerNetwork network, double... recorded) {
        this.network = network;
        this.recorded = recorded;
    }

    boolean isComplete() {
        return seconds.size() == recorded.length;
    }

    void step(INDArray x, INDArray y) {
        double expected = recorded[seconds.size()];
        long start = System.nanoTime();
        network.fit(x, y);
        seconds.add((System.nanoTime() - start) / 1e9);
        deviation = Math.max(deviation, Math.abs(network.score() - expected) / expected);
    }

    /**
     * Seconds of a step.
     *
     * @return the median, without the first three
     */
    public double medianSeconds() {
        return Median.of(seconds.subList(WARM_UP, seconds.size()));
    }

    /**
     * Seconds of the fastest and the slowest step.
     *
     * @return two numbers, without the first three
     */
    public String spread() {
        List<Double> timed = seconds.subList(WARM_UP, seconds.size());
        return "%.4f - %.4f"
                .formatted(
                        timed.stream().mapToDouble(x -> x).min().orElse(Double.NaN),
                        timed.stream().mapToDouble(x -> x).max().orElse(Double.NaN));
    }

    /**
     * How far losses are from the recorded ones.
     *
     * @return the largest relative difference
     */
    public double deviation() {
        return deviation;
    }

    /**
     * How many steps were taken.
     *
     * @return the number of recorded losses
     */
    public int steps() {
        return seconds.size();
    }
}
