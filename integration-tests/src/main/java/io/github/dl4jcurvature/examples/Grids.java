/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

import io.github.dl4jcurvature.examples.experiment.Optimizer;
import io.github.dl4jcurvature.examples.experiment.Setting;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.fishleg.FishLegBuilder;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Optimisers of the comparisons, each with four settings to choose from. */
final class Grids {
    private static final double MOMENTUM = 0.9;
    private static final String FROZEN = "FishLeg, frozen curvature";
    private static final String START = "start as SGD %s";
    private static final double DIGITS_RATE = 0.3;

    private Grids() {}

    /**
     * For the small networks of the demonstration.
     *
     * @param rates effective rates of the methods with momentum. The host's momentum multiplies its rate by 1 / (1 - 0.9)
     *     in the long run, FishLeg's average does not, so that it is given a tenth
     */
    static List<Optimizer> digits(double... rates) {
        return List.of(
                new Optimizer(
                        "fishleg",
                        "FishLeg",
                        settings(START, rate -> fishLeg(rate).build(), rates)),
                adam(1e-3, 3e-3, 1e-2, 3e-2),
                new Optimizer(
                        "momentum",
                        "momentum",
                        settings("effective rate %s", rate -> new Nesterovs(rate / 10, MOMENTUM), rates)),
                new Optimizer(
                        "frozen",
                        FROZEN,
                        settings(
                                START,
                                rate -> fishLeg(rate).auxiliaryLearningRate(0).build(),
                                rates)));
    }

    private static FishLegBuilder fishLeg(double startRate) {
        return FishLeg.builder().learningRate(DIGITS_RATE).startAsSgd(startRate);
    }

    /** For the deep autoencoder: the learning rate and the rate of the curvature. */
    static Optimizer fishLeg(double[] rates, double[] auxiliaryRates) {
        List<Setting> grid = new ArrayList<>();
        for (double rate : rates) {
            for (double auxiliaryRate : auxiliaryRates) {
                grid.add(new Setting(
                        "rate %s, auxiliary rate %s".formatted(rate, auxiliaryRate),
                        FishLeg.builder()
                                .learningRate(rate)
                                .auxiliaryLearningRate(auxiliaryRate)
                                .build()));
            }
        }
        return new Optimizer("fishleg", "FishLeg", grid);
    }

    /** The ablation: momentum with the given rates, in the clothes of FishLeg. */
    static Optimizer frozen(double... startRates) {
        return new Optimizer(
                "frozen",
                FROZEN,
                settings(
                        START,
                        rate -> FishLeg.builder()
                                .startAsSgd(rate)
                                .auxiliaryLearningRate(0)
                                .build(),
                        startRates));
    }

    static Optimizer adam(double... rates) {
        return new Optimizer("adam", "Adam", settings("rate %s", Adam::new, rates));
    }

    private static List<Setting> settings(String label, DoubleFunction<IUpdater> updater, double... values) {
        return Arrays.stream(values)
                .mapToObj(value -> new Setting(label.formatted(value), updater.apply(value)))
                .toList();
    }
}
