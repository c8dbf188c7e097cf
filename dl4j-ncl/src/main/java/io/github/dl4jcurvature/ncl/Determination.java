/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.deeplearning4j.nn.api.Model;

/** Coefficient of determination. */
record Determination() implements TaskMetric {
    @Override
    public String name() {
        return "R squared";
    }

    @Override
    public double of(Model model, Task task) {
        SquaredError.Sums sums = new SquaredError.Sums();
        TestOutputs.forEachBatch(model, task, sums::add);
        return 1 - sums.squaredError / sums.squaredDeviations;
    }
}
