/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

/**
 * A method in a comparison: how its setting was chosen and the run with that setting.
 *
 * @param selection grid with validation losses
 * @param run training with the best setting
 */
public record Contender(Selection selection, TrainingRun run) {
    /**
     * The method.
     *
     * @return optimiser
     */
    public Optimizer optimizer() {
        return selection.optimizer();
    }
}
