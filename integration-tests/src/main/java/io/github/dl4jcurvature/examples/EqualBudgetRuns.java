/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.experiment.LearningCurve;
import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.Selection;
import io.github.dl4jcurvature.examples.experiment.TrainingRun;
import io.github.dl4jcurvature.examples.report.TextTable;

/**
 * FishLeg, FishLeg with frozen curvature, Adam with as many steps and Adam with as many seconds, from the same weights on
 * the same batches.
 *
 * <p>They take turns, so that a disturbance of the machine meets all alike.
 */
final class EqualBudgetRuns {
    private static final int TURNS = 20;

    private final long seed;
    private final TrainingRun fishLeg;
    private final TrainingRun frozen;
    private final TrainingRun adam;
    private final TrainingRun adamLonger;

    EqualBudgetRuns(
            LearningTask task, Selection fishLeg, Selection frozen, Selection adam, Selection adamLonger, long seed) {
        this.seed = seed;
        this.fishLeg = run(task, fishLeg, seed);
        this.frozen = run(task, frozen, seed);
        this.adam = run(task, adam, seed);
        this.adamLonger = run(task, adamLonger, seed);
    }

    private static TrainingRun run(LearningTask task, Selection selection, long seed) {
        return new TrainingRun(task, selection.best().setting().updater(), seed);
    }

    EqualBudgetRuns train(int steps) {
        for (int turn = 1; turn <= TURNS; turn++) {
            int count = turn * steps / TURNS - fishLeg.steps();
            fishLeg.trainSteps(count);
            frozen.trainSteps(count);
            adam.trainSteps(count);
            adamLonger.trainUntil(fishLeg.seconds());
        }
        fishLeg.record();
        frozen.record();
        adam.record();
        adamLonger.record();
        return this;
    }

    long seed() {
        return seed;
    }

    LearningCurve.Point fishLeg() {
        return fishLeg.curve().last();
    }

    LearningCurve.Point frozen() {
        return frozen.curve().last();
    }

    LearningCurve.Point adam() {
        return adam.curve().last();
    }

    LearningCurve.Point adamLonger() {
        return adamLonger.curve().last();
    }

    void addTo(TextTable table) {
        addRow(table, "FishLeg", fishLeg);
        addRow(table, "FishLeg, frozen curvature", frozen);
        addRow(table, "Adam, equal steps", adam);
        addRow(table, "Adam, equal seconds", adamLonger);
    }

    private void addRow(TextTable table, String name, TrainingRun run) {
        LearningCurve.Point end = run.curve().last();
        table.row(
                "%d, %s".formatted(seed, name),
                String.valueOf(end.step()),
                "%.1f".formatted(end.seconds()),
                "%.2f".formatted(run.millisecondsPerStep()),
                "%.2f".formatted(end.train()),
                "%.2f".formatted(end.test()));
    }
}
