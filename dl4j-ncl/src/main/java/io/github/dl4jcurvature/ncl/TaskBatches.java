/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Iterator;
import java.util.function.Supplier;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** The batches of a task, from the first at every iteration. */
final class TaskBatches {
    private TaskBatches() {}

    static Iterable<CurvatureBatch> of(DataSetIterator data) {
        return () -> {
            if (data.resetSupported()) {
                data.reset();
            }
            return iterator(data::hasNext, () -> CurvatureBatch.of(data.next()));
        };
    }

    static Iterable<CurvatureBatch> of(MultiDataSetIterator data) {
        return () -> {
            if (data.resetSupported()) {
                data.reset();
            }
            return iterator(data::hasNext, () -> CurvatureBatch.of(data.next()));
        };
    }

    private static Iterator<CurvatureBatch> iterator(Supplier<Boolean> more, Supplier<CurvatureBatch> next) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return more.get();
            }

            @Override
            public CurvatureBatch next() {
                return next.get();
            }
        };
    }
}
