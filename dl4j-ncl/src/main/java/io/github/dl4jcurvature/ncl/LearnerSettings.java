/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.Serializable;

/**
 * What a learner does, apart from the network and the tasks.
 *
 * @param strategy what the network is shown
 * @param batchSize examples of a batch
 * @param iterationsPerTask iterations for each task
 * @param replayPerTask examples of each task that replay stores
 * @param evaluateEvery iterations between evaluations of earlier tasks while a task is learned; 0 for none
 * @param seed of the order of examples and the choice of stored ones
 */
record LearnerSettings(
        LearningStrategy strategy,
        int batchSize,
        int iterationsPerTask,
        int replayPerTask,
        int evaluateEvery,
        long seed)
        implements Serializable {
    private static final long serialVersionUID = 1L;
}
