/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.examples.continual.ImageBenchmark.Kind;
import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.examples.equations.CostRecovery;
import io.github.dl4jcurvature.examples.experiment.Comparison;
import io.github.dl4jcurvature.examples.experiment.InParallel;
import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.NetworkDesign;
import io.github.dl4jcurvature.examples.experiment.Optimizer;
import io.github.dl4jcurvature.examples.experiment.Selection;
import io.github.dl4jcurvature.examples.gaussnewton.StudyData;
import io.github.dl4jcurvature.examples.pruning.PruningCurves;
import io.github.dl4jcurvature.examples.report.Progress;

/**
 * All methods on data that come with the project, with a page that shows what they do.
 *
 * <p>FishLeg against Adam and momentum on an autoencoder and a classifier of handwritten digits, each with the best of four
 * settings by validation loss; pruning of a classifier; exact Gauss-Newton steps in a reversible network; tasks one after another
 * with natural continual learning; a ring behind made-up neurons; the cost of a regulator recovered through a Riccati equation.
 */
public final class Demonstration {
    static final long SELECTION_SEED = 1;
    static final long REPORT_SEED = 2;
    private static final int BATCH_SIZE = 50;
    private static final int AUTOENCODER_STEPS = 800;
    private static final int CLASSIFIER_STEPS = 300;
    private static final int RECORDS = 20;
    private static final int THREADS = 2;
    private static final int RECOVERY_ITERATIONS = 60;
    /** Sum of the weights below, which are the seconds that steps took on two idle cores. */
    private static final int TOTAL = 220;

    private final Progress progress = new Progress(System.out, TOTAL);

    private Demonstration() {}

    /**
     * Runs the demonstration.
     *
     * @param arguments directory of the page; {@code target/demo} if absent
     * @throws IOException if the page cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments.length > 0 ? arguments[0] : "target/demo"));
        DemonstrationPage report = new Demonstration().run(directory);
        Path page = directory.resolve("index.html");
        report.write(page);
        System.out.println(report.summary());
        System.out.println("report: " + page.toAbsolutePath());
        System.out.println(report.figures());
    }

    private DemonstrationPage run(Path directory) throws IOException {
        OpticalDigits digits = new OpticalDigits(OpticalDigitsIterator.SPLIT_SEED);
        progress.begin("1 of 6, FishLeg");
        Comparison autoencoder = compare(
                task("autoencoder", NetworkDesign.sigmoidAutoencoder(64, 48, 24, 8, 24, 48, 64), digits, Target.PIXELS),
                Grids.digits(0.3, 1, 3, 10),
                AUTOENCODER_STEPS,
                16);
        Comparison classifier = compare(
                task("classifier", NetworkDesign.classifier(64, 32, 10), digits, Target.CLASS),
                Grids.digits(0.1, 0.3, 1, 3),
                CLASSIFIER_STEPS,
                2);
        progress.begin("2 of 6, pruning");
        PruningCurves pruning = PruningCurves.ofDigits(progress);
        progress.begin("3 of 6, Gauss-Newton");
        RevMlpDigits reversible = new RevMlpDigits(StudyData.digits(), progress);
        progress.begin("4 of 6, continual learning");
        ContinualDigits continual = new ContinualDigits(List.of(Kind.SPLIT_TASK, Kind.ROTATED), progress);
        Path heatMap = directory.resolve("continual.png");
        continual.writeHeatMap(heatMap.toFile());
        progress.begin("5 of 6, latent variables");
        RingGplvm.Outcome ring = RingGplvm.run(Files.createDirectories(directory.resolve("ring")), progress);
        progress.begin("6 of 6, matrix equations");
        CostRecovery recovery = new CostRecovery(0);
        recovery.run(RECOVERY_ITERATIONS);
        progress.done("cost of a regulator recovered", 1);
        return new DemonstrationPage(
                List.of(autoencoder, classifier), pruning, reversible, continual, heatMap, ring, recovery);
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

    private Comparison compare(LearningTask task, List<Optimizer> optimizers, int steps, int weight) {
        List<Selection> selections = InParallel.map(THREADS, optimizers, optimizer -> {
            Selection selection = Selection.of(task, optimizer, SELECTION_SEED, run -> run.trainSteps(steps));
            progress.done("%s, %s: best of four settings found".formatted(task.name(), optimizer.name()), weight);
            return selection;
        });
        Comparison comparison = Comparison.start(task, selections, REPORT_SEED).train(steps, steps / RECORDS);
        progress.done("%s: all with their best settings".formatted(task.name()), weight);
        return comparison;
    }
}
