/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Eight pieces of work that begin together. */
final class EightThreads {
    static final int COUNT = 8;
    private static final long MINUTES = 2; // a deadlock fails instead of lasting

    private EightThreads() {}

    /** Results in the order of the work; the first failure is thrown. */
    static <T> List<T> run(List<Callable<T>> work) throws Exception {
        if (work.size() != COUNT) {
            throw new IllegalArgumentException("work must be %d pieces but is %d".formatted(COUNT, work.size()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(COUNT);
        try {
            CyclicBarrier start = new CyclicBarrier(COUNT);
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> piece : work) {
                futures.add(threads.submit(() -> {
                    start.await();
                    return piece.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(MINUTES, TimeUnit.MINUTES));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
