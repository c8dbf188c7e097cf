/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import io.github.dl4jcurvature.pruning.Sparsity;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * What one pruning came to.
 *
 * @param accuracy percentage of correct test examples
 * @param seconds for scores, compensation and, in gradual mode, training
 * @param megabytes most native memory in use during the run beyond that before, sampled
 * @param sparsity zeros of the network
 */
record PruningRun(double accuracy, double seconds, double megabytes, Sparsity sparsity) {

    static PruningRun of(
            PruningTask.Trained trained, PruningMethod method, PruningMode mode, double sparsity, long seed) {
        System.gc();
        long before = Pointer.totalBytes();
        MemorySampler memory = new MemorySampler();
        long start = System.nanoTime();
        MultiLayerNetwork pruned = mode.prune(trained, method, sparsity, seed);
        double seconds = (System.nanoTime() - start) / 1e9;
        double megabytes = Math.max(memory.stop() - before, 0) / 1e6;
        return new PruningRun(trained.accuracy(pruned), seconds, megabytes, Sparsity.of(pruned));
    }

    /** Samples the native memory that the host has allocated. */
    private static final class MemorySampler {
        private final Thread thread;
        private volatile long peak;
        private volatile boolean running = true;

        MemorySampler() {
            thread = new Thread(this::sample, "memory");
            thread.setDaemon(true);
            thread.start();
        }

        private void sample() {
            while (running) {
                peak = Math.max(peak, Pointer.totalBytes());
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        long stop() {
            running = false;
            return peak;
        }
    }
}
