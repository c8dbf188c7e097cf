/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradient descent with momentum: nothing is remembered of earlier tasks. */
final class PlainStep implements StepRule {
    @Override
    public void addPenaltyGradient(double weight, INDArray deviation, INDArray gradient) {
        // there is no prior
    }

    @Override
    public void step(double rate, INDArray momentum, INDArray step) {
        step.assign(momentum).muli(rate);
    }

    @Override
    public double quadratic(INDArray x) {
        return 0;
    }

    @Override
    public Consolidated consolidate(TaskStatistics statistics) {
        return Consolidated.UNTRAINED;
    }

    @Override
    public void write(StateSlots slots) {
        // there is nothing to write
    }
}
