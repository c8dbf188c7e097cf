/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;

/**
 * A Gauss-Newton step and what became of the loss of its batch.
 *
 * @param iteration number of the iteration
 * @param blocks how each block's step could be solved for, from input to output
 * @param lossBefore score of the batch before the step
 * @param lossAfter score of the same batch after it; NaN if it was not asked for
 * @param predictedChange change of the loss if outputs moved by \(-\alpha R\), to second order in the outputs
 * @param damping \(\lambda\) of the residuals of this step, 0 if there is none
 */
public record StepReport(
        int iteration,
        List<BlockReport> blocks,
        double lossBefore,
        double lossAfter,
        double predictedChange,
        double damping) {

    /** Copies the list. */
    public StepReport {
        blocks = List.copyOf(blocks);
    }

    /**
     * The gain ratio.
     *
     * @return actual change of the loss over the predicted one; 1 where the linear model of the network holds
     */
    public double gainRatio() {
        return (lossAfter - lossBefore) / predictedChange;
    }

    /**
     * The change of the loss of the same batch.
     *
     * @return in percent of the loss before
     */
    public double percentChange() {
        return 100 * (lossAfter - lossBefore) / lossBefore;
    }
}
