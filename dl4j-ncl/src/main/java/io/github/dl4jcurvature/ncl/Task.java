/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

/**
 * One task of a stream.
 *
 * @param name how tables and messages call it
 * @param train what it is learned from
 * @param test what it is judged by
 * @param output index of the network's output that answers it; 0 unless there are several heads
 */
public record Task(String name, TaskData train, TaskData test, int output) {

    /**
     * Checks that there are examples.
     *
     * @throws IllegalArgumentException if a part has no example or the output is negative
     */
    public Task {
        if (train.examples() < 1 || test.examples() < 1) {
            throw new IllegalArgumentException(
                    "task '%s' has %d examples to train and %d to test but needs at least one of each"
                            .formatted(name, train.examples(), test.examples()));
        }
        if (output < 0) {
            throw new IllegalArgumentException(
                    "output of task '%s' is %d; 0 is the first output".formatted(name, output));
        }
    }

    /**
     * A task of a network with one output.
     *
     * @param name how tables and messages call it
     * @param train what it is learned from
     * @param test what it is judged by
     */
    public Task(String name, TaskData train, TaskData test) {
        this(name, train, test, 0);
    }
}
