/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.Arrays;
import java.util.List;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;

/** Milliseconds of a training step of FishLeg and of the host's Adam on three autoencoders, LeNet and an LSTM, FLOAT. */
public final class FishLegSpeed {
    private static final List<StepTiming> NETWORKS = List.of(
            StepTiming.autoencoder("196", 100, 196, 48, 16, 48, 196),
            StepTiming.autoencoder("784", 40, 784, 250, 100, 30, 100, 250, 784),
            StepTiming.autoencoder("deep", 20, 784, 1000, 500, 250, 30, 250, 500, 1000, 784),
            TimedClassifier.leNet(),
            TimedClassifier.lstm());

    private FishLegSpeed() {}

    /**
     * Measures and prints.
     *
     * @param arguments names of networks among {@code 196}, {@code 784}, {@code deep}, {@code lenet} and {@code lstm}; all
     *     if absent
     */
    public static void main(String[] arguments) {
        TextTable table = new TextTable(
                "network",
                "Adam ms",
                "FishLeg ms",
                "frozen ms",
                "ratio",
                "ratio, quartiles",
                "Adam state",
                "FishLeg state",
                "parameters");
        Figures figures = new Figures();
        for (StepTiming timing : chosen(arguments)) {
            timing.measure();
            timing.addTo(table);
            timing.addTo(figures);
        }
        System.out.println(Machine.description());
        System.out.println(table);
        System.out.println(figures);
    }

    private static List<StepTiming> chosen(String[] names) {
        for (String name : names) {
            if (NETWORKS.stream().noneMatch(timing -> timing.name().equals(name))) {
                throw new IllegalArgumentException("network '%s' is unknown; choose among %s"
                        .formatted(name, NETWORKS.stream().map(StepTiming::name).toList()));
            }
        }
        return NETWORKS.stream()
                .filter(timing -> names.length == 0 || Arrays.asList(names).contains(timing.name()))
                .toList();
    }
}
