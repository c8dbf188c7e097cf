/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.gplvm.NumberTable;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.gplvm.HeldOutScore;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldGplvm;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import io.github.dl4jcurvature.gplvm.TopologyComparison;
import io.github.dl4jcurvature.gplvm.TopologyCrossValidation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which manifold is behind data whose manifold is known? Cross-validation on a ring, a torus, rotations and quaternions. */
public final class TopologySelection {
    private static final int RING_NEURONS = 50;
    private static final int RING_TIMES = 100;
    private static final int NEURONS = 100;
    private static final int TIMES = 160;
    private static final int DEFAULT_SPLITS = 10;

    private TopologySelection() {}

    private record Question(String truth, List<String> candidates) {}

    private static final List<Question> QUESTIONS = List.of(
            new Question("T1", List.of("T1", "R1", "R2")),
            new Question("T2", List.of("T2", "S3", "SO3", "R2")),
            new Question("S3", List.of("S3", "SO3", "T2", "R3")),
            new Question("SO3", List.of("SO3", "S3", "T2", "R3")));

    /**
     * Runs all comparisons and prints their tables and figures.
     *
     * @param arguments number of splits, by default 10; names of the true manifolds to ask about, by default all; a directory with
     *     recorded data {@code syn_NAME_Y.csv} in place of drawn ones
     */
    public static void main(String[] arguments) {
        int splits = DEFAULT_SPLITS;
        Path directory = null;
        List<String> asked = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.matches("[0-9]+")) {
                splits = Integer.parseInt(argument);
            } else if (QUESTIONS.stream().anyMatch(question -> question.truth().equals(argument))) {
                asked.add(argument);
            } else {
                directory = Path.of(argument);
            }
        }
        Figures figures = new Figures();
        for (Question question : QUESTIONS) {
            if (asked.isEmpty() || asked.contains(question.truth())) {
                answer(question, data(question.truth(), directory), splits, figures);
            }
        }
        System.out.println(Machine.description());
        System.out.println(figures);
    }

    private static INDArray data(String truth, @org.jspecify.annotations.Nullable Path directory) {
        if (directory != null) {
            return NumberTable.read(directory.resolve("syn_%s_Y.csv".formatted(truth)))
                    .transpose()
                    .dup('c');
        }
        boolean ring = truth.equals("T1");
        return SyntheticNeurons.draw(Manifold.parse(truth), ring ? RING_NEURONS : NEURONS, ring ? RING_TIMES : TIMES, 1)
                .data();
    }

    private static ManifoldGplvm.Builder settings(ManifoldGplvm.Builder model, boolean ring) {
        ManifoldGplvm.Builder shared = model.sharedKernel(true).samples(10);
        return ring
                ? shared.inducing(15).iterations(400).burnIn(150).learningRate(0.08)
                : shared.inducing(30)
                        .iterations(800)
                        .burnIn(400)
                        .learningRate(0.04)
                        .reassignments(4)
                        .restarts(6);
    }

    private static void answer(Question question, INDArray data, int splits, Figures figures) {
        TopologyComparison comparison = TopologyCrossValidation.builder()
                .splits(splits)
                .alternatingFirst(true)
                .model(model -> settings(model, question.truth().equals("T1")))
                .build()
                .compare(
                        data,
                        question.candidates().stream().map(Manifold::parse).toList());
        Manifold truth = Manifold.parse(question.truth());
        System.out.printf("truth %s%n%s%n", truth, comparison.toMarkdown());
        String key = question.truth().toLowerCase(Locale.ROOT);
        figures.put("error.right." + key, comparison.byError().equals(truth) ? 1 : 0);
        figures.put("likelihood.right." + key, comparison.byLikelihood().equals(truth) ? 1 : 0);
        figures.put("mse." + key, comparison.mean(truth, HeldOutScore::meanSquaredError));
    }
}
