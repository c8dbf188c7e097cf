/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Takes a step apart into weights and bias. */
final class StepViews {
    private StepViews() {}

    /** Writes a multiple of a step [m + 1, k], or [m, k] without bias, into views of the parameters' gradients. */
    static void write(ColumnMajor step, double factor, INDArray weights, @Nullable INDArray bias) {
        if (factor != 1) {
            step.scale(factor);
        }
        long m = weights.size(0);
        weights.assign(step.array().get(NDArrayIndex.interval(0, m), NDArrayIndex.all()));
        if (bias != null) {
            bias.assign(step.array().get(NDArrayIndex.interval(m, m + 1), NDArrayIndex.all()));
        }
    }
}
