/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Optimisers that train the same network from the same parameters on the same batches for the same number of steps, each
 * with the setting that was best on validation data.
 *
 * @param task data and network
 * @param contenders one for each optimiser
 */
public record Comparison(LearningTask task, List<Contender> contenders) {
    private static final Logger LOG = LoggerFactory.getLogger(Comparison.class);

    /**
     * Prepares runs with the chosen settings.
     *
     * @param task data and network
     * @param selections grids with validation losses
     * @param seed decides initial parameters and batches; choose another one than for the selections
     * @return runs at step 0
     */
    public static Comparison start(LearningTask task, List<Selection> selections, long seed) {
        return new Comparison(
                task,
                selections.stream()
                        .map(selection -> new Contender(
                                selection,
                                new TrainingRun(task, selection.best().setting().updater(), seed)))
                        .toList());
    }

    /**
     * Trains all, turn by turn, so that a disturbance of the machine meets all alike.
     *
     * @param steps number of steps of each, a multiple of {@code recordEvery}
     * @param recordEvery number of steps of a turn, after which losses are recorded
     * @return this comparison
     */
    public Comparison train(int steps, int recordEvery) {
        if (recordEvery < 1 || steps % recordEvery != 0) {
            throw new IllegalArgumentException("steps is %d and recordEvery %d; steps must be a multiple of recordEvery"
                    .formatted(steps, recordEvery));
        }
        contenders.forEach(contender -> contender.run().record());
        for (int done = 0; done < steps; done += recordEvery) {
            contenders.forEach(
                    contender -> contender.run().trainSteps(recordEvery).record());
        }
        for (Contender contender : contenders) {
            LearningCurve.Point end = contender.run().curve().last();
            LOG.info(
                    "{}: {} ends at {} on training and {} on test data after {} steps and {} s",
                    task.name(),
                    contender.optimizer().name(),
                    "%.3f".formatted(end.train()),
                    "%.3f".formatted(end.test()),
                    end.step(),
                    "%.1f".formatted(end.seconds()));
        }
        return this;
    }
}
