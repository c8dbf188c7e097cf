/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import io.github.dl4jcurvature.pruning.Sparsity;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * What one pruning came to.
 *
 * @param accuracy percentage of correct test examples
 * @param seconds for scores, compensation and, in gradual mode, training
 * @param sparsity zeros of the network
 */
record PruningRun(double accuracy, double seconds, Sparsity sparsity) {

    static PruningRun of(
            PruningTask.Trained trained, PruningMethod method, PruningMode mode, double sparsity, long seed) {
        long start = System.nanoTime();
        MultiLayerNetwork pruned = mode.prune(trained, method, sparsity, seed);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new PruningRun(trained.accuracy(pruned), seconds, Sparsity.of(pruned));
    }
}
