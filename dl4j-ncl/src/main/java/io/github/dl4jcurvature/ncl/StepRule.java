/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What earlier tasks demand of the steps of one parameter matrix \( \Theta \) of shape [r, c]: a Gaussian prior with the
 * precision \( \Lambda \), per data point, and a linear map P that shapes steps.
 *
 * <p>All arrays are column-major {@code DOUBLE} of shape [r, c]; vectors have c = 1.
 */
interface StepRule {

    /** \( G \leftarrow G + w \Lambda D \) for the deviation D from the mean of the prior. */
    void addPenaltyGradient(double weight, INDArray deviation, INDArray gradient);

    /** \( U \leftarrow \eta P M \) for the rate \( \eta \) and the momentum M. */
    void step(double rate, INDArray momentum, INDArray step);

    /** \( \langle X, \Lambda X \rangle \). */
    double quadratic(INDArray x);

    /** Learns from a finished task, or returns without a change if the statistics show that it has no part in it. */
    Consolidated consolidate(TaskStatistics statistics);

    /** Writes what must persist. */
    void write(StateSlots slots);

    /**
     * Whether there is Fisher information of which this is the trace.
     *
     * @throws ArithmeticException if it is not finite
     */
    static boolean isPresent(double trace) {
        if (!(trace >= 0 && trace < Double.POSITIVE_INFINITY)) {
            throw new ArithmeticException(
                    "the Fisher information of the task is not finite (its trace is %s); the network is unchanged: check the data for NaN"
                            .formatted(trace));
        }
        return trace > 0;
    }

    /**
     * What consolidation came to.
     *
     * @param trained whether the task trained the matrix; if not, nothing has changed
     * @param fisherTrace trace of the Fisher information of the task, per data point
     * @param divergence how far the new precision is from the sum it stands for, in nats; 0 where it is exact
     */
    record Consolidated(boolean trained, double fisherTrace, double divergence) {
        static final Consolidated UNTRAINED = new Consolidated(false, 0, 0);
    }
}
