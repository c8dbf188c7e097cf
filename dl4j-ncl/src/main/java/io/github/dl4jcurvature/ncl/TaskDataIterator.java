/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.NoSuchElementException;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** The examples of a task in their order, for the host. */
final class TaskDataIterator implements MultiDataSetIterator {
    private static final long serialVersionUID = 1L;

    private final transient TaskData data;
    private final int batchSize;
    private long next;
    private @Nullable MultiDataSetPreProcessor preProcessor;

    TaskDataIterator(TaskData data, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "batchSize must be positive but is %d; 1 gives single examples".formatted(batchSize));
        }
        this.data = data;
        this.batchSize = batchSize;
    }

    @Override
    public boolean hasNext() {
        return next < data.examples();
    }

    @Override
    public MultiDataSet next() {
        return next(batchSize);
    }

    @Override
    public MultiDataSet next(int count) {
        if (!hasNext()) {
            throw new NoSuchElementException("no example is left; reset the iterator");
        }
        long end = Math.min(next + count, data.examples());
        MultiDataSet batch = data.batch(LongStream.range(next, end).toArray());
        next = end;
        if (preProcessor != null) {
            preProcessor.preProcess(batch);
        }
        return batch;
    }

    @Override
    public void reset() {
        next = 0;
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public void setPreProcessor(@Nullable MultiDataSetPreProcessor value) {
        preProcessor = value;
    }

    @Override
    public @Nullable MultiDataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }
}
