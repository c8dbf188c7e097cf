/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.examples.experiment.Comparison;
import io.github.dl4jcurvature.examples.experiment.Contender;
import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.NetworkDesign;
import io.github.dl4jcurvature.examples.experiment.Optimizer;
import io.github.dl4jcurvature.examples.experiment.Selection;
import io.github.dl4jcurvature.examples.gaussnewton.StudyData;
import io.github.dl4jcurvature.examples.report.Figures;

/**
 * Trains an autoencoder and a classifier of handwritten digits with FishLeg, Adam and momentum, and with FishLeg whose
 * curvature is frozen, then a reversible network with exact Gauss-Newton steps, then networks that learn task after task with
 * natural continual learning, and writes a page that compares them.
 *
 * <p>Each optimiser chooses one of four settings by its validation loss; then all start again from new weights, the same
 * for all, and see the same batches.
 */
public final class FishLegDemo {
    private static final int BATCH_SIZE = 50;
    private static final int AUTOENCODER_STEPS = 800;
    private static final int CLASSIFIER_STEPS = 300;
    private static final int RECORDS = 20;
    private static final long SELECTION_SEED = 1;
    private static final long REPORT_SEED = 2;

    private FishLegDemo() {}

    /**
     * Runs the comparison.
     *
     * @param arguments directory of the page; {@code target/demo} if absent
     * @throws IOException if the page cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments.length > 0 ? arguments[0] : "target/demo");
        OpticalDigits digits = new OpticalDigits(OpticalDigitsIterator.SPLIT_SEED);
        Comparison autoencoder = compare(
                task("autoencoder", NetworkDesign.sigmoidAutoencoder(64, 48, 24, 8, 24, 48, 64), digits, Target.PIXELS),
                Grids.digits(0.3, 1, 3, 10),
                AUTOENCODER_STEPS);
        Comparison classifier = compare(
                task("classifier", NetworkDesign.classifier(64, 32, 10), digits, Target.CLASS),
                Grids.digits(0.1, 0.3, 1, 3),
                CLASSIFIER_STEPS);

        RevMlpDigits reversible = new RevMlpDigits(StudyData.digits());
        ContinualDigits continual = new ContinualDigits();
        continual.writeHeatMap(directory.resolve("continual.png").toFile());

        RingGplvm.Outcome ring = RingGplvm.run(Files.createDirectories(directory.resolve("ring")));
        DemoReport report = new DemoReport(
                List.of(autoencoder, classifier),
                new DemoReport.Tables(reversible.table(), continual.table(), ring),
                SELECTION_SEED,
                REPORT_SEED);
        Path page = directory.resolve("index.html");
        report.write(page);
        System.out.println(report.outcome());
        System.out.println("report: " + page.toAbsolutePath());
        System.out.println(reversible.figures());
        System.out.println(continual.figures());
        System.out.println(ring.figures());
        System.out.println(figures(autoencoder, classifier));
    }

    private static LearningTask task(String name, NetworkDesign design, OpticalDigits digits, Target target) {
        return new LearningTask(
                name,
                design,
                digits.part(Part.TRAIN, target),
                digits.part(Part.VALIDATION, target),
                digits.part(Part.TEST, target),
                BATCH_SIZE);
    }

    private static Comparison compare(LearningTask task, List<Optimizer> optimizers, int steps) {
        List<Selection> selections = optimizers.stream()
                .map(optimizer -> Selection.of(task, optimizer, SELECTION_SEED, run -> run.trainSteps(steps)))
                .toList();
        return Comparison.start(task, selections, REPORT_SEED).train(steps, steps / RECORDS);
    }

    private static Figures figures(Comparison autoencoder, Comparison classifier) {
        Figures figures = new Figures();
        for (Contender contender : autoencoder.contenders()) {
            figures.put(
                    contender.optimizer().key() + ".test",
                    contender.run().curve().last().test());
        }
        for (Contender contender : classifier.contenders()) {
            figures.put(
                    contender.optimizer().key() + ".classifier.accuracy",
                    contender.run().accuracy(classifier.task().test()));
        }
        return figures;
    }
}
