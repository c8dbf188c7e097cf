/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import io.github.dl4jcurvature.pruning.BlockInverse;
import io.github.dl4jcurvature.pruning.Compensation;
import io.github.dl4jcurvature.pruning.Importance;
import io.github.dl4jcurvature.pruning.LearnedInverse;

/**
 * A score with a compensation.
 *
 * @param name for tables and figures
 * @param importance score
 * @param compensation compensation
 */
record PruningMethod(String name, Importance importance, Compensation compensation) {
    private static final int EXAMPLES = 1024;

    /** The learned inverse of all experiments: fewer steps than its defaults, so that tables can be computed. */
    static final LearnedInverse LEARNED = new LearnedInverse().withSteps(1000, 50);

    private static final BlockInverse BLOCKS = new BlockInverse();

    static PruningMethod of(String name) {
        return switch (name) {
            case "magnitude" -> new PruningMethod(name, Importance.magnitude(), Compensation.none());
            case "obd" -> new PruningMethod(name, Importance.empiricalDiagonal(EXAMPLES), Compensation.none());
            case "obert" -> new PruningMethod(name, Importance.inverse(BLOCKS), Compensation.independent(BLOCKS));
            case "obert-joint" -> new PruningMethod(name, Importance.inverse(BLOCKS), Compensation.joint(BLOCKS));
            case "fls" -> new PruningMethod(name, Importance.inverse(LEARNED), Compensation.independent(LEARNED));
            case "fls-joint" -> new PruningMethod(name, Importance.inverse(LEARNED), Compensation.joint(LEARNED));
            case "fls-exact" -> new PruningMethod(name, Importance.inverse(LEARNED), Compensation.exact());
            default ->
                throw new IllegalArgumentException(
                        "method '%s' is unknown; choose magnitude, obd, obert, obert-joint, fls, fls-joint or fls-exact"
                                .formatted(name));
        };
    }
}
