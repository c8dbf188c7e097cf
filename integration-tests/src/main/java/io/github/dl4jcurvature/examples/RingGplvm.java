/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.Progress;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.gplvm.FittedGplvm;
import io.github.dl4jcurvature.gplvm.GplvmFigures;
import io.github.dl4jcurvature.gplvm.HeldOutScore;
import io.github.dl4jcurvature.gplvm.LatentAlignment;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldGplvm;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import io.github.dl4jcurvature.gplvm.TopologyComparison;
import io.github.dl4jcurvature.gplvm.TopologyCrossValidation;

/** Is there a ring behind the activity of fifty neurons? Fits a ring, compares it with a line and a plane, draws what was found. */
public final class RingGplvm {
    private static final int NEURONS = 50;
    private static final int TIMES = 100;
    private static final int SPLITS = 2;
    private static final int GRID = 60;
    private static final int SHOWN = 5;
    private static final List<Manifold> CANDIDATES =
            List.of(Manifold.circle(), Manifold.euclidean(1), Manifold.euclidean(2));

    private RingGplvm() {}

    /**
     * Runs the example and prints its figures.
     *
     * @param arguments directory for the figures; by default {@code target/ring}
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments.length > 0 ? arguments[0] : "target/ring"));
        Outcome outcome = run(directory, Progress.silent());
        System.out.println(outcome.table());
        System.out.println(outcome.figures());
    }

    /** What the example found. */
    record Outcome(TopologyComparison comparison, TextTable table, Figures figures, List<File> images) {
        double error(Manifold manifold) {
            return comparison.mean(manifold, HeldOutScore::meanSquaredError);
        }
    }

    static Outcome run(Path directory, Progress progress) throws IOException {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, 1);
        FittedGplvm ring = ManifoldGplvm.builder(Manifold.circle())
                .sharedKernel(true)
                .learningRate(0.08)
                .build()
                .fit(neurons.data());
        progress.done("ring fitted to %d neurons at %d times".formatted(NEURONS, TIMES), 19);
        LatentAlignment alignment =
                LatentAlignment.of(Manifold.circle(), ring.latents().means(), neurons.latents());
        List<double[]> grid = Manifold.circle().grid(GRID);
        TopologyComparison comparison = TopologyCrossValidation.builder()
                .splits(SPLITS)
                .likelihoodSamples(100)
                .model(model -> model.sharedKernel(true)
                        .learningRate(0.08)
                        .iterations(400)
                        .burnIn(150))
                .build()
                .compare(neurons.data(), CANDIDATES);
        progress.done("ring, line and plane compared on %d splits".formatted(SPLITS), 13);
        TextTable table = new TextTable("manifold", "test MSE", "test log likelihood", "evidence");
        for (Manifold candidate : CANDIDATES) {
            table.row(
                    candidate.toString(),
                    "%.4f".formatted(comparison.mean(candidate, HeldOutScore::meanSquaredError)),
                    "%.2f".formatted(comparison.mean(candidate, HeldOutScore::logLikelihood)),
                    "%.2f".formatted(comparison.mean(candidate, HeldOutScore::evidence)));
        }
        List<File> images = List.of(
                GplvmFigures.againstTruth(
                        alignment,
                        neurons.latents(),
                        ring.latents().deviations(),
                        directory.resolve("latents.png").toFile()),
                GplvmFigures.tuning(
                        ring.tuningCurves(grid),
                        grid,
                        SHOWN,
                        directory.resolve("tuning.png").toFile()),
                GplvmFigures.comparison(
                        comparison,
                        "test MSE",
                        HeldOutScore::meanSquaredError,
                        directory.resolve("comparison.png").toFile()));
        Figures figures = new Figures()
                .put("agreement", alignment.agreement())
                .put("mean.error.radians", alignment.meanError())
                .put("evidence.per.time", ring.evidencePerTime())
                .put("wins.over.line", comparison.wins(Manifold.circle(), Manifold.euclidean(1)));
        return new Outcome(comparison, table, figures, images);
    }
}
