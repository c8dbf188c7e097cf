/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.pruning.BlockInverse;
import io.github.dl4jcurvature.pruning.Compensation;
import io.github.dl4jcurvature.pruning.ExactCompensation;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.Importance;
import io.github.dl4jcurvature.pruning.InverseCurvature;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import io.github.dl4jcurvature.pruning.PruningOptions;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores times compensations on one classifier, every inverse at the same grid of dampings and every method with the same
 * budget of seconds for one network; a method that needs more is marked by an asterisk after its seconds.
 */
public final class AttributionTable {
    private static final Logger LOG = LoggerFactory.getLogger(AttributionTable.class);
    private static final long[] SEEDS = {0, 1, 2, 3, 4};
    private static final double[] DAMPINGS = {1e-3, 1e-2, 1e-1};
    private static final int EXAMPLES = 1024;
    private static final int BATCH = 2000;
    private static final double BUDGET_SECONDS = 60;

    private final PruningTask task;
    private final TextTable table =
            new TextTable("sparsity", "increments", "batch", "score", "compensation", "accuracy", "spread", "seconds");

    private AttributionTable(PruningTask task) {
        this.task = task;
    }

    /**
     * The tables that an example's arguments ask for.
     *
     * @param arguments a directory with the MNIST files, if wanted, then names of networks
     * @return one for each network
     * @throws IllegalArgumentException if a name is unknown or its data are missing
     */
    public static List<AttributionTable> of(String... arguments) {
        return PruningTasks.of(arguments).stream().map(AttributionTable::new).toList();
    }

    /** One way to prune. */
    private record Setting(
            double sparsity,
            int increments,
            int batch,
            String score,
            Importance importance,
            String name,
            Compensation compensation) {}

    /**
     * Runs all combinations, each on the same trained networks.
     *
     * @param figures receives the mean accuracies
     */
    public void run(Figures figures) {
        List<PruningTask.Trained> networks = new ArrayList<>();
        for (long seed : SEEDS) {
            networks.add(task.trained(seed));
        }
        for (Setting setting : settings(task.learned())) {
            row(networks, setting, figures);
        }
    }

    private static List<Setting> settings(LearnedInverse learned) {
        List<Setting> settings = new ArrayList<>();
        scores(learned).forEach((score, importance) -> {
            compensations()
                    .forEach((name, compensation) ->
                            settings.add(new Setting(0.9, 24, BATCH, score, importance, name, compensation)));
        });
        for (double damping : DAMPINGS) {
            settings.add(joint("obert", new BlockInverse(50, damping, EXAMPLES), damping));
            settings.add(joint("fls", learned.withDamping(damping), damping));
        }
        for (int increments : new int[] {24, 48, 96}) {
            settings.add(late(increments, BATCH, "obd", Importance.empiricalDiagonal(EXAMPLES)));
        }
        settings.add(late(24, 2 * BATCH, "obd", Importance.empiricalDiagonal(EXAMPLES)));
        settings.add(late(24, BATCH, "fls", Importance.inverse(learned)));
        settings.add(late(
                24,
                BATCH,
                "fls-refreshed",
                Importance.inverse(learned.withSteps(learned.steps(), 4 * learned.refreshSteps()))));
        return settings;
    }

    /** Scores and compensation by the same approximate inverse. */
    private static Setting joint(String score, InverseCurvature.Recipe recipe, double damping) {
        return new Setting(
                0.9,
                24,
                BATCH,
                score,
                Importance.inverse(recipe),
                "joint-" + text(damping),
                Compensation.joint(recipe));
    }

    private static Setting late(int increments, int batch, String score, Importance importance) {
        return new Setting(0.95, increments, batch, score, importance, "exact", Compensation.exact());
    }

    private static Map<String, Importance> scores(LearnedInverse learned) {
        Map<String, Importance> scores = new LinkedHashMap<>();
        scores.put("magnitude", Importance.magnitude());
        scores.put("obd", Importance.empiricalDiagonal(EXAMPLES));
        scores.put("obert", Importance.inverse(new BlockInverse()));
        scores.put("fls", Importance.inverse(learned));
        return scores;
    }

    /** None, and the exact one with and without damping trial and gradient. */
    private static Map<String, Compensation> compensations() {
        Map<String, Compensation> compensations = new LinkedHashMap<>();
        compensations.put("none", Compensation.none());
        for (double damping : DAMPINGS) {
            compensations.put("exact-" + text(damping) + "-nogradient", exact(false, damping));
        }
        compensations.put("exact-trial-nogradient", exact(false, DAMPINGS));
        compensations.put("exact-0.01", exact(true, 1e-2));
        compensations.put("exact-trial", exact(true, DAMPINGS));
        return compensations;
    }

    private static Compensation exact(boolean gradient, double... dampings) {
        ExactCompensation defaults = new ExactCompensation();
        return new ExactCompensation(
                Arrays.stream(dampings).boxed().toList(), defaults.iterations(), defaults.tolerance(), gradient);
    }

    private void row(List<PruningTask.Trained> networks, Setting setting, Figures figures) {
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        double seconds = 0;
        for (int i = 0; i < SEEDS.length; i++) {
            PruningTask.Trained trained = networks.get(i);
            MultiLayerNetwork network = trained.copy();
            long start = System.nanoTime();
            FishLegSurgeon.prune(
                    network,
                    trained.examples(),
                    PruningOptions.builder()
                            .sparsity(setting.sparsity())
                            .increments(setting.increments())
                            .batchSize(setting.batch())
                            .importance(setting.importance())
                            .compensation(setting.compensation())
                            .seed(SEEDS[i])
                            .build());
            seconds += (System.nanoTime() - start) / 1e9 / SEEDS.length;
            double accuracy = trained.accuracy(network);
            sum += accuracy;
            least = Math.min(least, accuracy);
            most = Math.max(most, accuracy);
        }
        String[] cells = {
            text(setting.sparsity()),
            Integer.toString(setting.increments()),
            Integer.toString(setting.batch()),
            setting.score(),
            setting.name(),
            "%.1f".formatted(sum / SEEDS.length),
            "%.1f - %.1f".formatted(least, most),
            "%.1f%s".formatted(seconds, seconds > BUDGET_SECONDS ? "*" : "")
        };
        LOG.info("{}: {}", task.name(), cells);
        table.row(cells);
        figures.put(
                "attribution.%s.%s.%s.%s.%d.%d"
                        .formatted(
                                task.name(),
                                setting.score(),
                                setting.name(),
                                text(100 * setting.sparsity()),
                                setting.increments(),
                                setting.batch()),
                sum / SEEDS.length);
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.3g", value).replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** The table, after a line with the network and the budget. */
    @Override
    public String toString() {
        return "%s, %.0f s for each network (* more)%n%s".formatted(task.name(), BUDGET_SECONDS, table);
    }
}
