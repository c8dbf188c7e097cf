/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gauss-Newton against first-order methods in the same reversible networks.
 *
 * <p>Each method chooses one of four rates by the validation loss of one seed; then it trains with that rate from other
 * seeds, the same for all methods, for the same number of steps.
 */
public final class Study {
    private static final Logger LOG = LoggerFactory.getLogger(Study.class);
    private static final long SELECTION_SEED = 1;
    private static final int PARTS = 4;

    private final StudyData data;
    private final List<Long> seeds;
    private final TextTable losses = new TextTable(
            "regime",
            "method",
            "rate",
            "train loss",
            "test loss",
            "test accuracy %",
            "spread",
            "change 1 %",
            "change 5 %");
    private final TextTable kernels = new TextTable(
            "regime", "method", "step", "NTK alignment", "CKA block 1", "CKA block 2", "weight norm ratio");
    private final Figures figures = new Figures();

    /**
     * Prepares a study.
     *
     * @param data images
     * @param seeds of initial weights and batches of the reported runs
     */
    public Study(StudyData data, List<Long> seeds) {
        this.data = data;
        this.seeds = List.copyOf(seeds);
    }

    /**
     * Chooses rates and trains.
     *
     * @param regime how data is shown
     * @param methods which methods
     * @return this
     */
    public Study run(StudyRegime regime, StudyMethod... methods) {
        for (StudyMethod method : methods) {
            report(regime, method, best(regime, method));
        }
        return this;
    }

    private double best(StudyRegime regime, StudyMethod method) {
        Map<Double, Double> trials = new TreeMap<>();
        for (double rate : method.rates()) {
            double loss = new StudyRun(data, regime, method, rate, SELECTION_SEED)
                    .train()
                    .validationLoss();
            LOG.info("{} {} with rate {} reaches {} on validation data", regime.key(), method.key(), rate, loss);
            trials.put(rate, loss);
        }
        return trials.entrySet().stream()
                .min(Comparator.comparingDouble(Map.Entry::getValue))
                .orElseThrow()
                .getKey();
    }

    private void report(StudyRegime regime, StudyMethod method, double rate) {
        List<StudyRun> runs = new ArrayList<>();
        for (long seed : seeds) {
            runs.add(new StudyRun(data, regime, method, rate, seed).train());
        }
        double test = mean(runs, StudyRun::testLoss);
        losses.row(
                regime.key(),
                method.key(),
                Double.toString(rate),
                "%.4f".formatted(mean(runs, StudyRun::trainLoss)),
                "%.4f".formatted(test),
                "%.1f".formatted(mean(runs, StudyRun::testAccuracy)),
                spread(runs),
                "%.1f".formatted(mean(runs, StudyRun::firstChange)),
                "%.1f".formatted(mean(runs, StudyRun::laterChange)));
        double kernel = follow(regime, method, rate);
        String prefix = "%s.%s.%s.".formatted(data.name(), regime.key(), method.key());
        figures.put(prefix + "train", mean(runs, StudyRun::trainLoss));
        figures.put(prefix + "test", test);
        figures.put(prefix + "accuracy", mean(runs, StudyRun::testAccuracy));
        figures.put(prefix + "ntk", kernel);
    }

    /** Trains once more from the first seed and compares with the start on the way; returns the last kernel's alignment. */
    private double follow(StudyRegime regime, StudyMethod method, double rate) {
        StudyRun start = new StudyRun(data, regime, method, rate, seeds.get(0));
        StudyRun run = new StudyRun(data, regime, method, rate, seeds.get(0));
        double kernel = Double.NaN;
        for (int part = 1; part <= PARTS; part++) {
            int step = regime.steps() * part / PARTS;
            run.trainTo(step);
            kernel = run.kernelAlignment(start);
            List<Double> alignments = run.representationAlignments(start);
            kernels.row(
                    regime.key(),
                    method.key(),
                    Integer.toString(step),
                    "%.3f".formatted(kernel),
                    "%.3f".formatted(alignments.get(0)),
                    "%.3f".formatted(alignments.get(1)),
                    "%.1f".formatted(run.weightRatio(start)));
        }
        return kernel;
    }

    private static double mean(List<StudyRun> runs, ToDoubleFunction<StudyRun> value) {
        return runs.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static String spread(List<StudyRun> runs) {
        double[] accuracies =
                runs.stream().mapToDouble(StudyRun::testAccuracy).sorted().toArray();
        return "%.1f - %.1f".formatted(accuracies[0], accuracies[accuracies.length - 1]);
    }

    /**
     * Losses at the end, means over seeds.
     *
     * @return a table
     */
    public TextTable losses() {
        return losses;
    }

    /**
     * Kernels and representations at four times against those at the start, of the first seed.
     *
     * @return a table
     */
    public TextTable kernels() {
        return kernels;
    }

    /**
     * The figures behind both tables.
     *
     * @return losses, accuracies and alignments
     */
    public Figures figures() {
        return figures;
    }
}
