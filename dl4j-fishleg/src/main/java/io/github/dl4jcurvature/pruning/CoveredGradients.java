/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.fisher.ExampleGradients;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Example gradients that are known for all weights that may be removed. */
final class CoveredGradients {
    private CoveredGradients() {}

    static ExampleGradients of(PruningProblem problem, int count) {
        ExampleGradients gradients = problem.exampleGradients(count);
        INDArray missing = problem.prunable().mul(gradients.covered().rsub(1));
        if (missing.sumNumber().doubleValue() > 0) {
            throw new IllegalArgumentException(
                    "the gradients of single examples are unknown for %d of the weights to prune; exclude convolutions other than two-dimensional ones and wrapped layers from pruning, or choose magnitude or FishLeg scores"
                            .formatted(missing.sumNumber().longValue()));
        }
        return gradients;
    }
}
