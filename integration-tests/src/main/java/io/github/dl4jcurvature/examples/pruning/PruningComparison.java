/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All methods at all sparsities in all modes on one classifier. */
public final class PruningComparison {
    private static final Logger LOG = LoggerFactory.getLogger(PruningComparison.class);
    private static final long[] SEEDS = {0, 1, 2};
    private static final double[] SPARSITIES = {0.7, 0.8, 0.9, 0.95};
    private static final List<String> METHODS =
            List.of("magnitude", "obd", "obert", "obert-joint", "fls", "fls-joint", "fls-exact");

    private final PruningTask task;
    private final TextTable table =
            new TextTable("mode", "method", "70 %", "80 %", "90 %", "95 %", "spread at 90 %", "seconds");
    private double dense;

    private PruningComparison(PruningTask task) {
        this.task = task;
    }

    /**
     * The comparisons that an example's arguments ask for.
     *
     * @param arguments a directory with the MNIST files, if wanted, then names of networks
     * @return one for each network
     * @throws IllegalArgumentException if a name is unknown or its data are missing
     */
    public static List<PruningComparison> of(String... arguments) {
        return PruningTasks.of(arguments).stream().map(PruningComparison::new).toList();
    }

    /**
     * Runs all combinations, each on the same trained networks.
     *
     * @param figures receives the mean accuracies
     */
    public void run(Figures figures) {
        List<PruningTask.Trained> networks = new ArrayList<>();
        for (long seed : SEEDS) {
            PruningTask.Trained trained = task.trained(seed);
            dense += trained.accuracy(trained.network()) / SEEDS.length;
            networks.add(trained);
        }
        figures.put(prefix() + "accuracy.dense", dense);
        for (PruningMode mode : PruningMode.values()) {
            for (String method : METHODS) {
                row(networks, PruningMethod.of(method, task.learned()), mode, figures);
            }
        }
    }

    private void row(List<PruningTask.Trained> networks, PruningMethod method, PruningMode mode, Figures figures) {
        List<String> cells = new ArrayList<>(List.of(mode.name().toLowerCase(Locale.ROOT), method.name()));
        String spread = "";
        double seconds = 0;
        for (double sparsity : SPARSITIES) {
            double sum = 0;
            double least = Double.POSITIVE_INFINITY;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < SEEDS.length; i++) {
                PruningRun run = PruningRun.of(networks.get(i), method, mode, sparsity, SEEDS[i]);
                sum += run.accuracy();
                least = Math.min(least, run.accuracy());
                most = Math.max(most, run.accuracy());
                seconds += run.seconds() / SEEDS.length / SPARSITIES.length;
            }
            cells.add(text(sum / SEEDS.length));
            spread = sparsity == 0.9 ? text(least) + " - " + text(most) : spread;
            figures.put(
                    "%saccuracy.%s.%.0f.%s"
                            .formatted(
                                    prefix(),
                                    method.name(),
                                    100 * sparsity,
                                    mode.name().toLowerCase(Locale.ROOT)),
                    sum / SEEDS.length);
        }
        cells.addAll(List.of(spread, text(seconds)));
        LOG.info("{}: {}", task.name(), cells);
        table.row(cells.toArray(new String[0]));
    }

    private String prefix() {
        return task.name().equals("digits") ? "" : task.name() + ".";
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** The table, after a line with the network and the accuracy of the dense network. */
    @Override
    public String toString() {
        return "%s, dense %s %%%n%s".formatted(task.name(), text(dense), table);
    }
}
