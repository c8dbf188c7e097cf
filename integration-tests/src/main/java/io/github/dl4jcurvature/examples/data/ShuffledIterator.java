/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches of a data set in a random order that changes from epoch to epoch.
 *
 * <p>The sequence over all epochs is a function of the seed alone. The last batch of an epoch is smaller if the batch size
 * does not divide the number of examples.
 */
public class ShuffledIterator implements DataSetIterator {
    private static final long serialVersionUID = 1L;

    /** Any odd number but the increment of {@link SplittableRandom}, with which epochs would be shifted copies. */
    private static final long EPOCH_STRIDE = 0xD1342543DE82EF95L;

    private final DataSet data;
    private final int batchSize;
    private final long seed;
    private long epoch;
    private int[] order;
    private int position;
    private @Nullable DataSetPreProcessor preProcessor;

    /**
     * Creates an iterator at the start of its first epoch.
     *
     * @param data features and labels, shape [examples, columns] each
     * @param batchSize number of examples of a batch, at least 1
     * @param seed seed of the orders
     * @throws IllegalArgumentException if the batch size is not positive
     */
    public ShuffledIterator(DataSet data, int batchSize, long seed) {
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "batchSize must be at least 1 but is %d; choose the examples of one step".formatted(batchSize));
        }
        this.data = data;
        this.batchSize = batchSize;
        this.seed = seed;
        this.order = orderOfEpoch(0);
    }

    @Override
    public final boolean hasNext() {
        return position < order.length;
    }

    @Override
    public final DataSet next() {
        return next(batchSize);
    }

    @Override
    public final DataSet next(int examples) {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch has ended; call reset() to start the next one");
        }
        int end = Math.min(position + examples, order.length);
        int[] rows = Arrays.copyOfRange(order, position, end);
        position = end;
        INDArray features = Nd4j.pullRows(data.getFeatures(), 1, rows);
        boolean reconstruction = data.getLabels() == data.getFeatures();
        DataSet batch = new DataSet(features, reconstruction ? features : Nd4j.pullRows(data.getLabels(), 1, rows));
        if (preProcessor != null) {
            preProcessor.preProcess(batch);
        }
        return batch;
    }

    /** Starts the next epoch, in a new order. */
    @Override
    public final void reset() {
        order = orderOfEpoch(++epoch);
        position = 0;
    }

    private int[] orderOfEpoch(long number) {
        return Permutation.random(data.numExamples(), new SplittableRandom(seed + EPOCH_STRIDE * number));
    }

    @Override
    public final boolean resetSupported() {
        return true;
    }

    /** False: batches are cheap, and a thread that prepares them ahead would disturb the timing of a step. */
    @Override
    public final boolean asyncSupported() {
        return false;
    }

    @Override
    public final int batch() {
        return batchSize;
    }

    @Override
    public final int inputColumns() {
        return data.numInputs();
    }

    @Override
    public final int totalOutcomes() {
        return data.numOutcomes();
    }

    @Override
    public final void setPreProcessor(@Nullable DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public final @Nullable DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public final @Nullable List<String> getLabels() {
        return null; // the host's word for: classes have no names
    }
}
