/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.examples.continual.ContinualMethod;
import io.github.dl4jcurvature.examples.continual.ContinualSetting;
import io.github.dl4jcurvature.examples.continual.ContinualStudy;
import io.github.dl4jcurvature.examples.continual.ImageBenchmark;
import io.github.dl4jcurvature.examples.continual.ImageBenchmark.Budget;
import io.github.dl4jcurvature.examples.continual.ImageBenchmark.Kind;
import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.Progress;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.ncl.EvaluationMatrix;

/** A network learns handwritten digits pair by pair, or rotation by rotation, and does not forget the earlier ones. */
public final class ContinualDigits {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
    private static final int THREADS = 2;
    private static final List<Kind> KINDS = List.of(Kind.SPLIT_TASK, Kind.SPLIT_DOMAIN, Kind.ROTATED);
    private static final List<Kind> STUDIED =
            List.of(Kind.SPLIT_TASK, Kind.SPLIT_DOMAIN, Kind.ROTATED, Kind.SPLIT_CLASS);

    private final List<ContinualStudy.Outcome> outcomes = new ArrayList<>();
    private final Map<String, Double> averages = new LinkedHashMap<>();
    private final TextTable table = new TextTable("tasks", "learner", "average", "backward transfer", "when learned");
    private final Figures figures = new Figures();

    /** Trains natural continual learning and gradient descent once on each kind of tasks. */
    ContinualDigits(List<Kind> kinds, Progress progress) {
        for (Kind kind : kinds) {
            Map<ContinualMethod, ContinualSetting> settings = new LinkedHashMap<>();
            settings.put(ContinualMethod.NCL, new ContinualSetting(0.05, kind == Kind.ROTATED ? 1000 : 200));
            settings.put(ContinualMethod.SGD, new ContinualSetting(0.05, 0));
            List<ContinualStudy.Outcome> both =
                    new ContinualStudy(ImageBenchmark.digits(kind, Budget.FULL), THREADS).run(settings, List.of(1L));
            outcomes.addAll(both);
            for (ContinualStudy.Outcome outcome : both) {
                EvaluationMatrix matrix =
                        Objects.requireNonNull(outcome.matrices().get(0), "these settings converge");
                String key = kind.key();
                table.row(
                        key,
                        outcome.method().key(),
                        "%.3f".formatted(matrix.average()),
                        "%+.3f".formatted(matrix.backwardTransfer()),
                        "%.3f".formatted(matrix.learningAccuracy()));
                averages.put(key + "." + outcome.method().key(), matrix.average());
                figures.put(
                        "continual.%s.%s.average"
                                .formatted(key, outcome.method().key()),
                        matrix.average());
            }
            progress.done("five tasks, " + kind.key(), 28);
        }
    }

    /**
     * Runs the demonstration, or with {@code study} all learners with settings chosen by the protocol and three seeds.
     *
     * @param arguments none, or {@code study} and, if not all are wanted, names of kinds of tasks; {@code short} for half of the
     *     iterations and fewer rates
     * @throws IOException if the heat map cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        System.out.println(Machine.description());
        List<String> words = Arrays.asList(arguments);
        if (words.contains("study")) {
            study(words.subList(words.indexOf("study") + 1, words.size()));
            return;
        }
        ContinualDigits example = new ContinualDigits(KINDS, Progress.silent());
        File picture = new File("target/continual-digits.png");
        example.writeHeatMap(picture);
        System.out.println(example.table);
        System.out.println("heat map of natural continual learning on rotated digits: " + picture.getAbsolutePath());
        System.out.println(example.figures);
    }

    private static void study(List<String> words) {
        Budget budget = words.contains("short") ? Budget.SHORT : Budget.FULL;
        List<String> wanted =
                words.stream().filter(word -> !word.equals("short")).toList();
        for (Kind kind : STUDIED) {
            if (wanted.isEmpty() || wanted.contains(kind.name())) {
                new ContinualStudy(ImageBenchmark.digits(kind, budget), THREADS)
                        .compare(kind.learners(), SEEDS, kind.key());
            }
        }
    }

    TextTable table() {
        return table;
    }

    Figures figures() {
        return figures;
    }

    /** Accuracy over all tasks at the end of a learner on a kind of tasks. */
    double average(String kind, String learner) {
        return Objects.requireNonNull(averages.get(kind + "." + learner), learner);
    }

    /** The evaluation matrix of natural continual learning on the last kind of tasks. */
    void writeHeatMap(File png) throws IOException {
        EvaluationMatrix matrix = Objects.requireNonNull(
                outcomes.get(outcomes.size() - 2).matrices().get(0), "converged");
        File directory = png.getParentFile();
        if (directory != null && !directory.isDirectory() && !directory.mkdirs()) {
            throw new IOException("cannot create the directory " + directory);
        }
        matrix.writeHeatMap(png);
    }
}
