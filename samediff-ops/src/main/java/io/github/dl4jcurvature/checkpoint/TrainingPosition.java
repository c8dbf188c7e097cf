/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.checkpoint;

/**
 * Where in the data a training stands.
 *
 * @param epoch epochs that are finished, at least 0
 * @param batch batches of the next epoch that are done, at least 0
 */
public record TrainingPosition(int epoch, int batch) {
    /** Before the first batch. */
    public static final TrainingPosition START = new TrainingPosition(0, 0);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public TrainingPosition {
        requireCount("epoch", epoch);
        requireCount("batch", batch);
    }

    private static void requireCount(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "%s must not be negative but is %d; count what is finished, from 0".formatted(name, value));
        }
    }
}
