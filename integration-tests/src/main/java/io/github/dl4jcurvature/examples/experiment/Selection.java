/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outcome of a grid search: every setting of an optimiser with its validation loss.
 *
 * @param optimizer the method
 * @param trials one for each setting, in the order of the grid
 */
public record Selection(Optimizer optimizer, List<Trial> trials) {
    private static final Logger LOG = LoggerFactory.getLogger(Selection.class);

    /**
     * One setting that was tried.
     *
     * @param setting the setting
     * @param validation mean loss of the validation examples after training; infinite if training diverged
     * @param steps number of steps taken
     * @param seconds time spent in steps
     */
    public record Trial(Setting setting, double validation, int steps, double seconds) {}

    /**
     * Trains once with each setting of an optimiser.
     *
     * @param task data and network
     * @param optimizer method with its grid
     * @param seed decides initial parameters and batches, the same for all settings
     * @param training how long to train, for instance {@code run -> run.trainSteps(1000)}
     * @return validation losses at the end
     */
    public static Selection of(LearningTask task, Optimizer optimizer, long seed, Consumer<TrainingRun> training) {
        List<Trial> trials = new ArrayList<>();
        for (Setting setting : optimizer.grid()) {
            TrainingRun run = new TrainingRun(task, setting.updater(), seed);
            training.accept(run);
            double loss = run.loss(task.validation());
            Trial trial = new Trial(
                    setting, Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss, run.steps(), run.seconds());
            LOG.info(
                    "{}: {} with {} reaches {} on validation data in {} steps and {} s",
                    task.name(),
                    optimizer.name(),
                    setting.label(),
                    "%.3f".formatted(trial.validation()),
                    run.steps(),
                    "%.1f".formatted(trial.seconds()));
            trials.add(trial);
        }
        return new Selection(optimizer, trials);
    }

    /**
     * The trial with the smallest validation loss, the first of equals.
     *
     * @return best trial
     */
    public Trial best() {
        return trials.stream()
                .min(Comparator.comparingDouble(Trial::validation))
                .orElseThrow();
    }
}
