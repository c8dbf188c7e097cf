/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How well a network does a task; greater is better. */
public interface TaskMetric {

    /**
     * What the metric is called in tables.
     *
     * @return a short name
     */
    String name();

    /**
     * Judges a network by the test data of a task.
     *
     * @param model a MultiLayerNetwork or ComputationGraph; not modified
     * @param task the task
     * @return the value
     */
    double of(Model model, Task task);

    /** Whether an example is answered correctly. */
    @FunctionalInterface
    interface ExampleJudge {
        /**
         * Judges one sequence.
         *
         * @param output of the network, shape [outputs, steps]
         * @param labels of the example, shape [outputs, steps]
         * @param lastStep last step that is not masked
         * @return whether it is correct
         */
        boolean isCorrect(INDArray output, INDArray labels, int lastStep);
    }

    /**
     * Share of examples, or of labelled steps of sequences, whose most probable class is that of the labels; for a single output the
     * class is 1 above 0.5.
     *
     * @return the metric
     */
    static TaskMetric accuracy() {
        return new Accuracy();
    }

    /**
     * Coefficient of determination \( 1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2 \) over examples, labelled steps and outputs.
     *
     * @return the metric
     */
    static TaskMetric determination() {
        return new Determination();
    }

    /**
     * Minus the mean squared error over examples, labelled steps and outputs.
     *
     * @return the metric
     */
    static TaskMetric negativeSquaredError() {
        return new SquaredError();
    }

    /**
     * Share of sequences that are correct.
     *
     * @param name what the metric is called
     * @param judge decides
     * @return the metric
     */
    static TaskMetric perExample(String name, ExampleJudge judge) {
        return new JudgedExamples(name, judge);
    }
}
