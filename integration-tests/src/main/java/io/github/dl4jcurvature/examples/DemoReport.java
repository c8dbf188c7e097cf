/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;

import io.github.dl4jcurvature.examples.experiment.Comparison;
import io.github.dl4jcurvature.examples.experiment.Contender;
import io.github.dl4jcurvature.examples.experiment.LearningCurve.Point;
import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.experiment.Selection;
import io.github.dl4jcurvature.examples.report.CurveFigure;
import io.github.dl4jcurvature.examples.report.HtmlReport;
import io.github.dl4jcurvature.examples.report.TextTable;

/** What the demonstration shows of its comparisons. */
final class DemoReport {
    private final List<Comparison> comparisons;
    private final Tables tables;
    private final long selectionSeed;
    private final long reportSeed;

    /** Tables of the other parts. */
    record Tables(TextTable reversible, TextTable continual, RingGplvm.Outcome ring) {}

    DemoReport(List<Comparison> comparisons, Tables tables, long selectionSeed, long reportSeed) {
        this.comparisons = comparisons;
        this.tables = tables;
        this.selectionSeed = selectionSeed;
        this.reportSeed = reportSeed;
    }

    /** Losses and times at the end, all tasks and optimisers. */
    TextTable outcome() {
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
                ? "%.1f %%".formatted(100 * contender.run().accuracy(task.test()))
                : "";
    }

    void write(Path page) throws IOException {
        HtmlReport report = new HtmlReport("FishLeg, Adam and momentum on handwritten digits")
                .paragraph("Loss is the negative log-likelihood in nats per image: mean over images, sum over outputs."
                        + " Seconds count training steps only, not evaluation.")
                .table(outcome());
        for (Comparison comparison : comparisons) {
            report.heading("%s %s"
                    .formatted(comparison.task().name(), comparison.task().design()));
            report.figure(figure(comparison, "steps", false)).figure(figure(comparison, "seconds", true));
        }
        report.heading("Exact Gauss-Newton in a reversible network")
                .paragraph("Two reversible blocks of 512 hidden activations, 40 steps on batches of 250 standardised"
                        + " images, the same initial weights and batches. The rates are not tuned.")
                .table(tables.reversible());
        report.heading("Natural continual learning")
                .paragraph(
                        "Five tasks one after another, 400 steps each: pairs of digits with a head for each pair, pairs"
                                + " with shared outputs, all digits in five rotations. Accuracy on test images, averaged over the"
                                + " tasks at the end; backward transfer is the change since a task was learned. The rates are not"
                                + " tuned. The matrix of the rotations is in continual.png.")
                .table(tables.continual());
        report.heading("Is there a ring behind the activity of fifty neurons?")
                .paragraph(
                        "Made-up neurons with bell-shaped tuning on a circle, 100 times. A ring, a line and a plane are fitted to"
                                + " half of the times and predict half of the neurons at the others, two splits; the figures show the latents"
                                + " of the ring against the truth, tuning curves, and the comparison.")
                .table(tables.ring().table());
        for (File image : tables.ring().images()) {
            report.image(image.getName(), image.toPath());
        }
        report.heading("How settings were chosen")
                .paragraph(
                        "Each optimiser has four settings and keeps the one with the smallest loss on validation data"
                                + " (seed %d). The runs above use the chosen setting with other initial weights and batches (seed"
                                        .formatted(selectionSeed)
                                + " %d), the same for all optimisers; they take turns, so that disturbances of the machine meet"
                                        .formatted(reportSeed)
                                + " all alike. Where an end of the grid was chosen, a wider grid may change the comparison.");
        comparisons.forEach(comparison -> report.table(grid(comparison)));
        report.heading("Data and machine")
                .paragraph(
                        "Data: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine"
                                + " Learning Repository, CC BY 4.0; 1000 images for training, 297 for validation, 500 for test.")
                .paragraph(Machine.description())
                .write(page);
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
        return comparison.contenders().stream()
                .flatMapToDouble(
                        contender -> DoubleStream.of(contender.run().curve().values(Point::train)))
                .filter(Double::isFinite)
                .map(loss -> 0.95 * loss)
                .min()
                .orElse(0);
    }

    /** Leaves out the first tenth of the steps, whose losses would hide the rest. */
    private static double upperEnd(Comparison comparison) {
        return comparison.contenders().stream()
                .map(contender -> contender.run().curve().values(Point::test))
                .mapToDouble(test -> test[test.length / 10])
                .filter(Double::isFinite)
                .max()
                .orElse(1);
    }

    private static TextTable grid(Comparison comparison) {
        TextTable table = new TextTable(
                comparison.task().name() + ", optimiser", "setting", "validation loss", "seconds", "chosen");
        for (Contender contender : comparison.contenders()) {
            for (Selection.Trial trial : contender.selection().trials()) {
                table.row(
                        contender.optimizer().name(),
                        trial.setting().label(),
                        "%.3f".formatted(trial.validation()),
                        "%.2f".formatted(trial.seconds()),
                        trial.equals(contender.selection().best()) ? "yes" : "");
            }
        }
        return table;
    }
}
