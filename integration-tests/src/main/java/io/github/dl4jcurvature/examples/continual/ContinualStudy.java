/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import io.github.dl4jcurvature.examples.experiment.InParallel;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.ncl.EvaluationMatrix;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares learners on a benchmark, each with settings chosen by the same protocol.
 *
 * <p>Every setting of a learner's grid is run once, with a seed of its own. What counts is the learning accuracy alone: the mean
 * over the tasks of the accuracy on held-out data of the task that was just learned; nothing is asked of earlier or later tasks. For
 * each stability the best rate is taken, and among the stabilities whose learning accuracy is within {@value #TOLERANCE} of the best
 * the greatest is chosen. The idea is that of De Lange et al. (TPAMI 2022): as stable as learning allows.
 */
public final class ContinualStudy {
    private static final Logger LOG = LoggerFactory.getLogger(ContinualStudy.class);
    private static final double TOLERANCE = 0.05;
    private static final long SELECTION_SEED = 77;

    private final ContinualBenchmark benchmark;
    private final int threads;
    private final TextTable trials = new TextTable("learner", "setting", "learning accuracy", "chosen");

    /**
     * A study.
     *
     * @param threads runs at the same time
     */
    public ContinualStudy(ContinualBenchmark benchmark, int threads) {
        this.benchmark = benchmark;
        this.threads = threads;
    }

    private record Trial(ContinualMethod method, ContinualSetting setting, double score) {}

    /** Chooses a setting for each learner. */
    public Map<ContinualMethod, ContinualSetting> select(List<ContinualMethod> methods) {
        List<Trial> pending = new ArrayList<>();
        for (ContinualMethod method : methods) {
            for (ContinualSetting setting : method.grid(benchmark)) {
                pending.add(new Trial(method, setting, Double.NaN));
            }
        }
        List<Trial> done = InParallel.map(threads, pending, trial -> {
            EvaluationMatrix matrix = benchmark.run(trial.method(), trial.setting(), true, SELECTION_SEED);
            double score = matrix == null ? 0 : learned(trial.method(), matrix);
            LOG.info("selection: {}, {}: {}", trial.method().key(), trial.setting(), "%.3f".formatted(score));
            return new Trial(trial.method(), trial.setting(), score);
        });
        Map<ContinualMethod, ContinualSetting> chosen = new LinkedHashMap<>();
        for (ContinualMethod method : methods) {
            List<Trial> own =
                    done.stream().filter(trial -> trial.method() == method).toList();
            ContinualSetting setting = choose(own);
            chosen.put(method, setting);
            for (Trial trial : own) {
                trials.row(
                        method.key(),
                        trial.setting().toString(),
                        "%.3f".formatted(trial.score()),
                        trial.setting().equals(setting) ? "yes" : "");
            }
        }
        return chosen;
    }

    private static double learned(ContinualMethod method, EvaluationMatrix matrix) {
        return method == ContinualMethod.JOINT ? matrix.average() : matrix.learningAccuracy();
    }

    private static ContinualSetting choose(List<Trial> trials) {
        Map<Double, Trial> best = new LinkedHashMap<>(); // of each stability
        for (Trial trial : trials) {
            best.merge(trial.setting().stability(), trial, (a, b) -> a.score() >= b.score() ? a : b);
        }
        double top = best.values().stream().mapToDouble(Trial::score).max().orElse(0);
        return best.values().stream()
                .filter(trial -> trial.score() >= top - TOLERANCE)
                .reduce((less, more) ->
                        more.setting().stability() >= less.setting().stability() ? more : less)
                .orElse(trials.get(0))
                .setting();
    }

    /** Chooses settings for learners, runs them for every seed and prints tables and figures with the prefix of a key. */
    public void compare(List<ContinualMethod> methods, List<Long> seeds, String key) {
        List<Outcome> outcomes = run(select(methods), seeds);
        System.out.println(benchmark.name());
        System.out.println(trials);
        System.out.println(table(outcomes));
        System.out.println(figures(key + ".", outcomes));
    }

    /** All trials of {@link #select}. */
    public TextTable trials() {
        return trials;
    }

    /** What a learner came to, one matrix for each seed; null for runs that diverged. */
    public record Outcome(ContinualMethod method, ContinualSetting setting, List<@Nullable EvaluationMatrix> matrices) {

        double mean(ToDoubleFunction<EvaluationMatrix> summary) {
            return matrices.stream()
                    .mapToDouble(matrix -> matrix == null ? 0 : summary.applyAsDouble(matrix))
                    .average()
                    .orElse(Double.NaN);
        }

        double spread(ToDoubleFunction<EvaluationMatrix> summary) {
            double mean = mean(summary);
            return Math.sqrt(matrices.stream()
                    .mapToDouble(matrix -> matrix == null ? 0 : summary.applyAsDouble(matrix))
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElse(Double.NaN));
        }
    }

    private record Run(ContinualMethod method, ContinualSetting setting, long seed) {}

    /** Runs each learner with its setting for every seed. */
    public List<Outcome> run(Map<ContinualMethod, ContinualSetting> settings, List<Long> seeds) {
        List<Run> pending = new ArrayList<>();
        settings.forEach((method, setting) -> seeds.forEach(seed -> pending.add(new Run(method, setting, seed))));
        List<Result> results = InParallel.map(threads, pending, run -> {
            EvaluationMatrix matrix = benchmark.run(run.method(), run.setting(), false, run.seed());
            LOG.info(
                    "{}, seed {}: average {}, backward transfer {}",
                    run.method().key(),
                    run.seed(),
                    "%.3f".formatted(matrix == null ? Double.NaN : matrix.average()),
                    "%.3f".formatted(matrix == null ? Double.NaN : matrix.backwardTransfer()));
            return new Result(run.method(), matrix);
        });
        List<Outcome> outcomes = new ArrayList<>();
        settings.forEach((method, setting) -> {
            List<@Nullable EvaluationMatrix> matrices = new ArrayList<>();
            results.stream().filter(result -> result.method() == method).forEach(each -> matrices.add(each.matrix()));
            outcomes.add(new Outcome(method, setting, matrices));
        });
        return outcomes;
    }

    private record Result(ContinualMethod method, @Nullable EvaluationMatrix matrix) {}

    /** Means and spreads of the summaries. */
    public static TextTable table(List<Outcome> outcomes) {
        TextTable table = new TextTable(
                "learner", "setting", "average", "+-", "backward", "+-", "forgetting", "learning", "diverged");
        for (Outcome outcome : outcomes) {
            table.row(
                    outcome.method().key(),
                    outcome.setting().toString(),
                    "%.3f".formatted(outcome.mean(EvaluationMatrix::average)),
                    "%.3f".formatted(outcome.spread(EvaluationMatrix::average)),
                    "%.3f".formatted(outcome.mean(EvaluationMatrix::backwardTransfer)),
                    "%.3f".formatted(outcome.spread(EvaluationMatrix::backwardTransfer)),
                    "%.3f".formatted(outcome.mean(EvaluationMatrix::forgettingFromBest)),
                    "%.3f".formatted(outcome.mean(EvaluationMatrix::learningAccuracy)),
                    Long.toString(outcome.matrices().stream()
                            .filter(java.util.Objects::isNull)
                            .count()));
        }
        return table;
    }

    /** Figures {@code average.LEARNER} and {@code backward.LEARNER}, with a prefix. */
    public static Figures figures(String prefix, List<Outcome> outcomes) {
        Figures figures = new Figures();
        for (Outcome outcome : outcomes) {
            figures.put(prefix + "average." + outcome.method().key(), outcome.mean(EvaluationMatrix::average));
        }
        for (Outcome outcome : outcomes) {
            figures.put(
                    prefix + "backward." + outcome.method().key(), outcome.mean(EvaluationMatrix::backwardTransfer));
        }
        return figures;
    }
}
