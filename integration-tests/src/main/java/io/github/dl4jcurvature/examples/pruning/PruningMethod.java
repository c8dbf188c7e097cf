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

    private static final BlockInverse BLOCKS = new BlockInverse();

    static PruningMethod of(String name, LearnedInverse learned) {
        return switch (name) {
            case "magnitude" -> new PruningMethod(name, Importance.magnitude(), Compensation.none());
            case "obd" -> new PruningMethod(name, Importance.empiricalDiagonal(EXAMPLES), Compensation.none());
            case "obert" -> new PruningMethod(name, Importance.inverse(BLOCKS), Compensation.independent(BLOCKS));
            case "obert-joint" -> new PruningMethod(name, Importance.inverse(BLOCKS), Compensation.joint(BLOCKS));
            case "fls" -> new PruningMethod(name, Importance.inverse(learned), Compensation.independent(learned));
            case "fls-joint" -> new PruningMethod(name, Importance.inverse(learned), Compensation.joint(learned));
            case "fls-exact" -> new PruningMethod(name, Importance.inverse(learned), Compensation.exact());
            default ->
                throw new IllegalArgumentException(
                        "method '%s' is unknown; choose magnitude, obd, obert, obert-joint, fls, fls-joint or fls-exact"
                                .formatted(name));
        };
    }
}
