/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.fisher.ExampleGradients;

/** Example gradients that are known for all weights that may be removed. */
final class CoveredGradients {
    private CoveredGradients() {}

    static ExampleGradients of(PruningProblem problem, int count) {
        ExampleGradients gradients = problem.exampleGradients(count);
        if (!coverPrunable(gradients, problem)) {
            throw new IllegalArgumentException(
                    "the gradients of single examples are unknown for %d of the weights to prune; exclude convolutions other than two-dimensional ones and wrapped layers from pruning, or choose magnitude or FishLeg scores"
                            .formatted(missing(gradients, problem)));
        }
        return gradients;
    }

    static boolean coverPrunable(ExampleGradients gradients, PruningProblem problem) {
        return missing(gradients, problem) == 0;
    }

    private static long missing(ExampleGradients gradients, PruningProblem problem) {
        return problem.prunable().mul(gradients.covered().rsub(1)).sumNumber().longValue();
    }
}
