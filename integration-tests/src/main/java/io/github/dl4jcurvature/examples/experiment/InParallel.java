/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Independent runs, some at a time. */
public final class InParallel {
    private InParallel() {}

    /**
     * Applies a function to each input.
     *
     * @param <A> input
     * @param <B> result
     * @param threads at most so many at a time
     * @param inputs in the order in which they are started
     * @param work must not share anything that changes
     * @return results in the order of the inputs
     */
    public static <A, B> List<B> map(int threads, List<A> inputs, Function<A, B> work) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<B>> futures = new ArrayList<>();
            inputs.forEach(input -> futures.add(executor.submit(() -> work.apply(input))));
            List<B> results = new ArrayList<>();
            for (Future<B> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a run failed", e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }
}
