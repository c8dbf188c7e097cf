/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.equations.CostRecovery;
import io.github.dl4jcurvature.examples.experiment.Comparison;
import io.github.dl4jcurvature.examples.experiment.Contender;
import io.github.dl4jcurvature.examples.experiment.LearningCurve.Point;
import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.experiment.Selection;
import io.github.dl4jcurvature.examples.pruning.PruningCurves;
import io.github.dl4jcurvature.examples.report.CurveFigure;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.HtmlReport;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.gplvm.Manifold;

/** What the demonstration shows of its parts. */
record DemonstrationPage(
        List<Comparison> comparisons,
        PruningCurves pruning,
        RevMlpDigits reversible,
        ContinualDigits continual,
        Path heatMap,
        RingGplvm.Outcome ring,
        CostRecovery recovery) {
    private static final String PERCENT = "%.1f %%";

    /** One row for each method: what was asked, what came out, and what it is to be compared with. */
    TextTable summary() {
        TextTable table = new TextTable("method", "measured", "with it", "for comparison");
        Comparison autoencoder = comparisons.get(0);
        table.row(
                "FishLeg",
                "autoencoder of digits, %d steps: test loss in nats"
                        .formatted(contender(autoencoder, "fishleg").run().steps()),
                "%.1f".formatted(test(autoencoder, "fishleg")),
                "Adam %.1f, momentum %.1f, FishLeg with frozen curvature %.1f"
                        .formatted(
                                test(autoencoder, "adam"), test(autoencoder, "momentum"), test(autoencoder, "frozen")));
        table.row(
                "FishLeg Surgeon",
                "classifier of digits with 90 % of the weights removed, no training: accuracy",
                PERCENT.formatted(pruning.at90("FishLeg Surgeon")),
                "oBERT blocks %.1f %%, magnitude %.1f %%, dense %.1f %%"
                        .formatted(pruning.at90("obert-joint"), pruning.at90("magnitude"), pruning.dense()));
        table.row(
                "Gauss-Newton",
                "reversible network, 10 passes over 1000 digits: test loss in nats",
                "%.3f".formatted(reversible.testLoss("gn")),
                "Adam %.3f".formatted(reversible.testLoss("adam")));
        table.row(
                "natural continual learning",
                "digits in five rotations, one after another: accuracy over all at the end",
                PERCENT.formatted(100 * continual.average("rotated", "ncl")),
                "gradient descent %.1f %%".formatted(100 * continual.average("rotated", "sgd")));
        table.row(
                "manifold latent variables",
                "error in predicting held-out neurons at held-out times",
                "ring %.4f".formatted(ring.error(Manifold.circle())),
                "line %.4f, plane %.4f"
                        .formatted(ring.error(Manifold.euclidean(1)), ring.error(Manifold.euclidean(2))));
        table.row(
                "matrix equations",
                "cost of a regulator from its trajectories: distance to the true one",
                "%.0e".formatted(recovery.last(2)),
                "%.1f before %.0f iterations".formatted(recovery.curve(2)[0], recovery.last(0)));
        return table;
    }

    private static Contender contender(Comparison comparison, String key) {
        return comparison.contenders().stream()
                .filter(each -> each.optimizer().key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static double test(Comparison comparison, String key) {
        return contender(comparison, key).run().curve().last().test();
    }

    /** All numbers, by name. */
    Figures figures() {
        Figures figures = new Figures()
                .addAll(reversible.figures())
                .addAll(continual.figures())
                .addAll(ring.figures())
                .addAll(pruning.figures())
                .put("regulator.error", recovery.last(2));
        for (Contender contender : comparisons.get(0).contenders()) {
            figures.put(
                    contender.optimizer().key() + ".test",
                    contender.run().curve().last().test());
        }
        Comparison classifier = comparisons.get(1);
        for (Contender contender : classifier.contenders()) {
            figures.put(
                    contender.optimizer().key() + ".classifier.accuracy",
                    contender.run().accuracy(classifier.task().test()));
        }
        return figures;
    }

    void write(Path page) throws IOException {
        HtmlReport report = new HtmlReport("What curvature does for Deeplearning4j")
                .paragraph("Six methods, each on a small task with data that come with the project. One run each, with"
                        + " the seeds of the program; records with several seeds and their spread are in"
                        + " `docs/results`.")
                .summary(summary());
        writeFishLeg(report);
        report.heading("FishLeg Surgeon: nine of ten weights removed")
                .paragraph(("A classifier 64-40-20-10 that has %.1f %% of the test images right loses its weights in"
                                + " steps, without any training. Magnitude removes small weights and leaves the rest"
                                + " alone; oBERT scores and compensates by blocks of the empirical Fisher matrix; here"
                                + " scores are those of the empirical diagonal, and the remaining weights move to the"
                                + " exact minimum of the quadratic model.")
                        .formatted(pruning.dense()))
                .figure(pruning.figure())
                .table(pruning.table());
        report.heading("Exact Gauss-Newton steps in a reversible network")
                .paragraph("Two reversible blocks of 512 hidden activations on batches of 250 standardised images, the"
                        + " same initial weights and batches for both. The rates are not tuned.")
                .figure(reversible.figure())
                .table(reversible.table());
        report.heading("Natural continual learning: task after task")
                .paragraph(
                        "Five tasks one after another, 400 steps each: pairs of digits with a head for each pair, and"
                                + " all digits in five rotations. Accuracy on test images, averaged over the tasks at the"
                                + " end; backward transfer is the change since a task was learned. The rates are not"
                                + " tuned. The figure shows the rotations: accuracy of each task (columns) after each"
                                + " (rows).")
                .table(continual.table())
                .images(List.of(heatMap));
        report.heading("Is there a ring behind the activity of fifty neurons?")
                .paragraph("Made-up neurons with bell-shaped tuning on a circle, 100 times. A ring, a line and a plane"
                        + " are fitted to half of the times and predict half of the neurons at the others, two"
                        + " splits; the figures show the latents of the ring against the truth, tuning curves, and"
                        + " the comparison.")
                .table(ring.table())
                .images(ring.images().stream().map(File::toPath).toList());
        report.heading("Through a Riccati equation: what does a regulator want?")
                .paragraph("A regulator moves a system for twenty steps, from twenty places. Its cost matrix Q is"
                        + " recovered from the movements by the method of Levenberg and Marquardt with derivatives"
                        + " of the Riccati equation's closed loop. Logarithms to base 10.")
                .figure(new CurveFigure("recovery of Q", "iterations", "log10")
                        .add("loss", recovery.curve(0), log(recovery.curve(1)))
                        .add("error of Q", recovery.curve(0), log(recovery.curve(2))));
        writeEnd(report);
        report.write(page);
    }

    private void writeFishLeg(HtmlReport report) throws IOException {
        report.heading("FishLeg: further with each step")
                .paragraph(
                        "An autoencoder and a classifier. Loss is the negative log-likelihood in nats per image: mean"
                                + " over images, sum over outputs. Seconds count training steps only. A step of FishLeg"
                                + " costs more: compare both figures.")
                .table(outcome());
        for (Comparison comparison : comparisons) {
            report.figures(figure(comparison, "steps", false), figure(comparison, "seconds", true));
        }
        report.paragraph(("Each optimiser has four settings and keeps the one with the smallest loss on validation"
                                + " data (seed %d). The runs above use it with other initial weights and batches (seed %d), the same for"
                                + " all optimisers; they take turns, so that disturbances of the machine meet all alike. Where an end of"
                                + " the grid was chosen, a wider grid may change the comparison.")
                        .formatted(Demonstration.SELECTION_SEED, Demonstration.REPORT_SEED))
                .details(
                        "All settings that were tried",
                        comparisons.stream().map(DemonstrationPage::grid).toList());
    }

    private static void writeEnd(HtmlReport report) {
        report.heading("How to go on")
                .items(
                        "In your own network: `.updater(new FishLeg(0.1))` and `network.addListeners(new"
                                + " CurvatureListener())`; the README has the complete program.",
                        "From Adam, momentum, L2, schedules, listeners: `docs/migration.md`.",
                        "When to use which method, options with their defaults, what the diagnostics say:"
                                + " `docs/methods`.",
                        "One part of this page alone: `mvn -q -Pexample -Dexample=FishLegQuickstart`, or"
                                + " `RevMlpDigits`, `ContinualDigits`, `RingGplvm`, `InverseLqr`, `PruningTable` in its"
                                + " place.",
                        "Memory and time as networks grow: `docs/scaling.md`.")
                .heading("Data and machine")
                .paragraph("E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning"
                        + " Repository, CC BY 4.0; 1000 images for training, 297 for validation, 500 for test."
                        + " Neurons and regulator are made up.")
                .paragraph(Machine.description());
    }

    /** Losses and times at the end, both tasks and all optimisers. */
    private TextTable outcome() {
        TextTable table =
                new TextTable("task", "optimiser", "setting", "train", "test", "accuracy", "seconds", "ms per step");
        for (Comparison comparison : comparisons) {
            for (Contender contender : comparison.contenders()) {
                Point end = contender.run().curve().last();
                table.row(
                        comparison.task().name(),
                        contender.optimizer().name(),
                        contender.selection().best().setting().label(),
                        "%.3f".formatted(end.train()),
                        "%.3f".formatted(end.test()),
                        accuracy(comparison.task(), contender),
                        "%.2f".formatted(end.seconds()),
                        "%.3f".formatted(contender.run().millisecondsPerStep()));
            }
        }
        return table;
    }

    private static String accuracy(LearningTask task, Contender contender) {
        return task.design().isClassifier()
                ? PERCENT.formatted(100 * contender.run().accuracy(task.test()))
                : "";
    }

    private static double[] log(double[] values) {
        return Arrays.stream(values).map(x -> Math.log10(Math.max(x, 1e-30))).toArray();
    }

    private static CurveFigure figure(Comparison comparison, String axis, boolean againstSeconds) {
        CurveFigure figure = new CurveFigure(
                "%s: loss against %s".formatted(comparison.task().name(), axis),
                axis,
                "nats per image: test, dashed: training");
        for (Contender contender : comparison.contenders()) {
            var curve = contender.run().curve();
            figure.add(
                    contender.optimizer().name(),
                    curve.values(againstSeconds ? Point::seconds : Point::step),
                    curve.values(Point::test),
                    curve.values(Point::train));
        }
        return figure.range(lowerEnd(comparison), upperEnd(comparison));
    }

    /** A little below the smallest loss. */
    private static double lowerEnd(Comparison comparison) {
        return curves(comparison)
                .flatMapToDouble(curve -> DoubleStream.of(curve[0]))
                .filter(Double::isFinite)
                .map(loss -> 0.95 * loss)
                .min()
                .orElse(0);
    }

    /** Leaves out the first tenth of the steps, whose losses would hide the rest. */
    private static double upperEnd(Comparison comparison) {
        return curves(comparison)
                .mapToDouble(curve -> curve[1][curve[1].length / 10])
                .filter(Double::isFinite)
                .max()
                .orElse(1);
    }

    /** Losses on training and test data of each optimiser. */
    private static Stream<double[][]> curves(Comparison comparison) {
        return comparison.contenders().stream()
                .map(contender -> contender.run().curve())
                .map(curve -> new double[][] {curve.values(Point::train), curve.values(Point::test)});
    }

    private static TextTable grid(Comparison comparison) {
        TextTable table =
                new TextTable(comparison.task().name() + ", optimiser", "setting", "validation loss", "chosen");
        for (Contender contender : comparison.contenders()) {
            for (Selection.Trial trial : contender.selection().trials()) {
                table.row(
                        contender.optimizer().name(),
                        trial.setting().label(),
                        "%.3f".formatted(trial.validation()),
                        trial.equals(contender.selection().best()) ? "yes" : "");
            }
        }
        return table;
    }
}
