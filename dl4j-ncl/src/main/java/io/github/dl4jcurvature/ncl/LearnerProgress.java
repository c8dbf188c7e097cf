/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.Serializable;

/**
 * How far a learner has come; lies in the zip of the model.
 *
 * @param settings what the learner does
 * @param task task that is being learned, or the number of tasks when all are learned
 * @param iteration iterations done for that task
 * @param matrix what has been evaluated
 */
record LearnerProgress(LearnerSettings settings, int task, int iteration, EvaluationMatrix matrix)
        implements Serializable {
    private static final long serialVersionUID = 1L;
}
