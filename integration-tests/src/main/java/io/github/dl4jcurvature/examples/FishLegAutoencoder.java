/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.github.dl4jcurvature.examples.data.Mnist;
import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.experiment.NetworkDesign;
import io.github.dl4jcurvature.examples.experiment.Optimizer;
import io.github.dl4jcurvature.examples.experiment.Selection;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FishLeg and Adam on a deep autoencoder of MNIST images, at equal steps and at equal seconds.
 *
 * <p>Of the 10 000 images of the test files the first 8000 train the network, the next 1000 choose the settings and the
 * last 1000 are reported on. Each optimiser, FishLeg with frozen curvature as the ablation among them, has a grid of four
 * settings and takes the best on validation data with the selection seed 100; Adam may choose another setting when it has
 * FishLeg's seconds at its disposal. Reported seeds are 1, 2, 3.
 */
public final class FishLegAutoencoder {
    private static final Logger LOG = LoggerFactory.getLogger(FishLegAutoencoder.class);
    private static final NetworkDesign DESIGN = NetworkDesign.reluAutoencoder(784, 250, 100, 30, 100, 250, 784);
    private static final int BATCH_SIZE = 100;
    private static final int TRAIN = 8000;
    private static final int VALIDATION = 1000;
    private static final long SELECTION_SEED = 100;
    private static final int DEFAULT_SEEDS = 3;
    private static final int DEFAULT_STEPS = 2000;

    private FishLegAutoencoder() {}

    /**
     * Runs the comparison.
     *
     * @param arguments MNIST directory, then if wanted the number of seeds and the number of steps
     */
    public static void main(String[] arguments) {
        if (arguments.length < 1) {
            throw new IllegalArgumentException(
                    "give the MNIST directory as the first argument, then if wanted the number of seeds and of steps");
        }
        LearningTask task = task(Path.of(arguments[0]));
        int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_SEEDS;
        int steps = arguments.length > 2 ? Integer.parseInt(arguments[2]) : DEFAULT_STEPS;

        Optimizer fishLegGrid = Grids.fishLeg(new double[] {0.05, 0.1}, new double[] {1e-3, 3e-3});
        Optimizer adamGrid = Grids.adam(1e-3, 2e-3, 4e-3, 8e-3);
        Selection fishLeg = Selection.of(task, fishLegGrid, SELECTION_SEED, run -> run.trainSteps(steps));
        Selection adam = Selection.of(task, adamGrid, SELECTION_SEED, run -> run.trainSteps(steps));
        Selection frozen =
                Selection.of(task, Grids.frozen(0.01, 0.02, 0.04, 0.08), SELECTION_SEED, run -> run.trainSteps(steps));
        double seconds = fishLeg.best().seconds();
        Selection adamLonger = Selection.of(task, adamGrid, SELECTION_SEED, run -> run.trainUntil(seconds));

        List<EqualBudgetRuns> outcomes = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            outcomes.add(new EqualBudgetRuns(task, fishLeg, frozen, adam, adamLonger, seed).train(steps));
            LOG.info("seed {} done", seed);
        }
        System.out.println(Machine.description());
        System.out.println(grids(List.of(fishLeg, frozen, adam, adamLonger)));
        System.out.println(table(outcomes));
        System.out.println(figures(outcomes));
    }

    private static LearningTask task(Path directory) {
        INDArray images = Mnist.images(directory);
        return new LearningTask(
                "MNIST autoencoder",
                DESIGN,
                rows(images, 0, TRAIN),
                rows(images, TRAIN, TRAIN + VALIDATION),
                rows(images, TRAIN + VALIDATION, images.rows()),
                BATCH_SIZE);
    }

    private static DataSet rows(INDArray images, int from, int to) {
        INDArray part =
                images.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup('c');
        return new DataSet(part, part);
    }

    private static TextTable grids(List<Selection> selections) {
        TextTable table = new TextTable("optimiser", "setting", "validation loss", "steps", "seconds");
        for (Selection selection : selections) {
            for (Selection.Trial trial : selection.trials()) {
                table.row(
                        selection.optimizer().name() + (trial.equals(selection.best()) ? " *" : ""),
                        trial.setting().label(),
                        "%.2f".formatted(trial.validation()),
                        String.valueOf(trial.steps()),
                        "%.1f".formatted(trial.seconds()));
            }
        }
        return table;
    }

    private static TextTable table(List<EqualBudgetRuns> outcomes) {
        TextTable table = new TextTable("seed, optimiser", "steps", "seconds", "ms per step", "train", "test");
        outcomes.forEach(outcome -> outcome.addTo(table));
        return table;
    }

    private static Figures figures(List<EqualBudgetRuns> outcomes) {
        Figures figures = new Figures();
        for (EqualBudgetRuns outcome : outcomes) {
            figures.put("fishleg.test.seed" + outcome.seed(), outcome.fishLeg().test())
                    .put("adam.test.seed" + outcome.seed(), outcome.adam().test())
                    .put(
                            "adam.test.equal.seconds.seed" + outcome.seed(),
                            outcome.adamLonger().test());
        }
        figures.put(
                        "fishleg.test.spread",
                        spread(outcomes, outcome -> outcome.fishLeg().test()))
                .put(
                        "adam.test.spread",
                        spread(outcomes, outcome -> outcome.adam().test()))
                .put(
                        "adam.test.equal.seconds.spread",
                        spread(outcomes, outcome -> outcome.adamLonger().test()));
        double fishLeg = mean(outcomes, outcome -> outcome.fishLeg().test());
        return figures.put(
                        "fishleg.train",
                        mean(outcomes, outcome -> outcome.fishLeg().train()))
                .put("frozen.train", mean(outcomes, outcome -> outcome.frozen().train()))
                .put("frozen.test", mean(outcomes, outcome -> outcome.frozen().test()))
                .put("adam.train", mean(outcomes, outcome -> outcome.adam().train()))
                .put(
                        "adam.train.equal.seconds",
                        mean(outcomes, outcome -> outcome.adamLonger().train()))
                .put("fishleg.test", fishLeg)
                .put("adam.test", mean(outcomes, outcome -> outcome.adam().test()))
                .put("fishleg.test.equal.seconds", fishLeg)
                .put(
                        "adam.test.equal.seconds",
                        mean(outcomes, outcome -> outcome.adamLonger().test()));
    }

    private static double mean(List<EqualBudgetRuns> outcomes, ToDoubleFunction<EqualBudgetRuns> value) {
        return outcomes.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    /** Largest minus smallest value over the seeds. */
    private static double spread(List<EqualBudgetRuns> outcomes, ToDoubleFunction<EqualBudgetRuns> value) {
        var statistics = outcomes.stream().mapToDouble(value).summaryStatistics();
        return statistics.getMax() - statistics.getMin();
    }
}
