/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Work split into a fixed number of parts, so that sums do not depend on the number of threads.
 *
 * @param threads at most so many parts at the same time
 */
record Partition(int threads) {
    /** How many parts. */
    static final int PARTS = 8;

    /** A range of indices, the last one excluded. */
    @FunctionalInterface
    interface RangeWork {
        void over(int from, int to);
    }

    /** First index of a part of a number of things. */
    static int bound(int part, int parts, int count) {
        return (int) ((long) part * count / parts);
    }

    /** Work on all indices below a count, whose results are written to places of their own. */
    void forRanges(int count, RangeWork work) {
        int parts = Math.min(PARTS, count);
        run(parts, part -> {
            work.over(bound(part, parts, count), bound(part + 1, parts, count));
            return part;
        });
    }

    /** The results of all parts in their order. */
    <T> List<T> run(int parts, IntFunction<T> work) {
        List<T> results = new ArrayList<>();
        if (threads <= 1 || parts <= 1) {
            for (int part = 0; part < parts; part++) {
                results.add(work.apply(part));
            }
            return results;
        }
        ExecutorService executor = Executors.newFixedThreadPool(Math.min(threads, parts), task -> {
            Thread thread = new Thread(task, "gplvm");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<T>> tasks = new ArrayList<>();
            for (int part = 0; part < parts; part++) {
                int index = part;
                tasks.add(() -> work.apply(index));
            }
            for (Future<T> future : executor.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }
}
