/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

/** Labels over which the Fisher information is averaged. */
public enum FisherLabels {
    /**
     * Expectation over the network's predictive distribution, by one pass for each output unit: the Fisher information
     * itself. Errors of a pass are the columns of a root of the curvature of the loss; each row, that is each example or
     * time step, gets a random sign, so that rows whose labels are independent do not mix in the errors of layers below.
     */
    EXACT,
    /** One label for each row, drawn from the predictive distribution: unbiased, one pass. */
    SAMPLED,
    /** The labels of the data: the empirical Fisher matrix, one pass. */
    EMPIRICAL,
    /** The most probable label of each row, one pass. Not for squared errors, where it leaves no error. */
    PREDICTED
}
