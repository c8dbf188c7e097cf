/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.PruningOptions;
import io.github.dl4jcurvature.pruning.PruningSchedule;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** How a sparsity is reached. */
enum PruningMode {
    /** All at once, without training. */
    ONESHOT,
    /** In 24 increments with everything computed anew, without training. */
    RECOMPUTE,
    /** In 10 removals on a cubic schedule with 60 steps of Adam between, 300 after; no increments. */
    GRADUAL;

    private static final int INCREMENTS = 24;
    private static final int REMOVALS = 10;
    private static final int STEPS = 60;
    private static final int LAST_STEPS = 300;

    /** Prunes a copy of the network. */
    MultiLayerNetwork prune(PruningTask.Trained trained, PruningMethod method, double sparsity, long seed) {
        MultiLayerNetwork network = trained.copy();
        if (this == GRADUAL) {
            gradual(network, trained, method, sparsity, seed);
        } else {
            FishLegSurgeon.prune(
                    network,
                    trained.examples(),
                    PruningOptions.builder()
                            .sparsity(sparsity)
                            .increments(this == RECOMPUTE ? INCREMENTS : 1)
                            .importance(method.importance())
                            .compensation(method.compensation())
                            .seed(seed)
                            .build());
        }
        return network;
    }

    private static void gradual(
            MultiLayerNetwork network, PruningTask.Trained trained, PruningMethod method, double sparsity, long seed) {
        int start = network.getIterationCount();
        network.setListeners(new FishLegSurgeon.Builder()
                .sparsity(sparsity)
                .schedule(PruningSchedule.cubic(start, start + REMOVALS * STEPS, STEPS))
                .data(trained.examples())
                .importance(method.importance())
                .compensation(method.compensation())
                .seed(seed)
                .build());
        PruningTask.fit(network, trained.train(), REMOVALS * STEPS + 1, 1e-3, seed);
        PruningTask.fit(network, trained.train(), LAST_STEPS, 5e-4, ~seed);
    }
}
