/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.Draws;
import io.github.dl4jcurvature.fisher.MergedBatch;
import io.github.dl4jcurvature.fisher.ShadowNetwork;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Labelled examples from which curvature, trial and auxiliary batches are drawn without replacement.
 *
 * <p>The draw number k is a function of the seed and k alone. Batches of different sequence lengths are padded and masked.
 */
final class PruningData implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long limit;
    private final Deque<MultiDataSet> batches = new ArrayDeque<>();
    private long examples;
    private transient @Nullable MultiDataSet merged;

    /** Two batches of one draw. */
    record Split(CurvatureBatch curvature, CurvatureBatch trial) {}

    private PruningData(long limit) {
        this.limit = limit;
    }

    /** Keeps the first examples of an iterator, which is reset first if it can be. */
    static PruningData of(DataSetIterator iterator, long limit) {
        PruningData data = new PruningData(limit);
        if (iterator.resetSupported()) {
            iterator.reset();
        }
        while (data.examples < limit && iterator.hasNext()) {
            DataSet next = iterator.next();
            data.append(CurvatureBatch.of(next));
        }
        return data.requireExamples();
    }

    /** Keeps the first examples of an iterator, which is reset first if it can be. */
    static PruningData of(MultiDataSetIterator iterator, long limit) {
        PruningData data = new PruningData(limit);
        if (iterator.resetSupported()) {
            iterator.reset();
        }
        while (data.examples < limit && iterator.hasNext()) {
            data.append(CurvatureBatch.of(iterator.next()));
        }
        return data.requireExamples();
    }

    /** Starts without examples; the most recent ones are kept. */
    static PruningData collecting(long limit) {
        return new PruningData(limit);
    }

    /** Copies a batch with labels, and forgets the oldest ones that the limit leaves no room for. */
    void add(CurvatureBatch batch) {
        append(batch);
        while (batches.size() > 1
                && examples - batches.getFirst().getFeatures(0).size(0) >= limit) {
            examples -= batches.removeFirst().getFeatures(0).size(0);
        }
    }

    long examples() {
        return examples;
    }

    /**
     * Two batches without a common example, of the given size if there are enough examples; else of half of them each.
     */
    Split split(long size, long seed, long number) {
        int all = Math.toIntExact(examples);
        int[] order = permutation(all, seed, number);
        int first = (int) Math.min(size, (all + 1) / 2);
        int second = (int) Math.min(size, all - first);
        int[] curvature = Arrays.copyOfRange(order, 0, first);
        int[] trial = second == 0 ? curvature : Arrays.copyOfRange(order, first, first + second);
        return new Split(rows(curvature), rows(trial));
    }

    /** One batch of the given size, or of all examples if there are fewer. */
    CurvatureBatch draw(long size, long seed, long number) {
        int all = Math.toIntExact(examples);
        return rows(Arrays.copyOfRange(permutation(all, seed, number), 0, (int) Math.min(size, all)));
    }

    /**
     * Refuses examples that the network does not take.
     *
     * @throws IllegalArgumentException with the shapes, if a pass with one example fails
     */
    void requireFits(Model model) {
        CurvatureBatch one = rows(new int[] {0});
        try {
            ShadowNetwork.withOwnParameters(model).withLabels(one);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "data do not fit the network: one example has features %s and labels %s (%s); pass data of the shapes that it is trained with"
                            .formatted(shapes(one.inputs()), shapes(one.labels()), e.getMessage()),
                    e);
        }
    }

    private static String shapes(INDArray @Nullable [] arrays) {
        return arrays == null
                ? "none"
                : Arrays.stream(arrays)
                        .map(array -> Arrays.toString(array.shape()))
                        .toList()
                        .toString();
    }

    private void append(CurvatureBatch batch) {
        if (batch.labels() == null) {
            throw new IllegalArgumentException(
                    "data has a batch of %d examples without labels; pruning needs labelled examples"
                            .formatted(batch.examples()));
        }
        requireFinite("features", batch.inputs());
        requireFinite("labels", batch.labels());
        batches.addLast(new MultiDataSet(
                copies(batch.inputs()),
                copies(batch.labels()),
                copies(batch.inputMasks()),
                copies(batch.labelMasks())));
        examples += batch.examples();
        merged = null;
    }

    private static void requireFinite(String what, INDArray[] arrays) {
        for (INDArray array : arrays) {
            double sum = array.sumNumber().doubleValue();
            if (!Double.isFinite(sum)) {
                throw new IllegalArgumentException(
                        "%s of the data must be finite but their sum is %s; look for NaN, infinity or overflow in them"
                                .formatted(what, sum));
            }
        }
    }

    private PruningData requireExamples() {
        if (examples == 0) {
            throw new IllegalArgumentException("data is empty; pass an iterator with at least one labelled example");
        }
        return this;
    }

    private static INDArray @Nullable [] copies(INDArray @Nullable [] arrays) {
        if (arrays == null) {
            return null;
        }
        return Arrays.stream(arrays)
                .map(array -> array == null
                        ? null
                        : Nd4j.createUninitializedDetached(array.dataType(), 'c', array.shape())
                                .assign(array))
                .toArray(INDArray[]::new);
    }

    private MultiDataSet all() {
        MultiDataSet whole = merged;
        if (whole == null) {
            whole = MergedBatch.of(List.copyOf(batches));
            batches.clear();
            batches.add(whole);
            merged = whole;
        }
        return whole;
    }

    private static int[] permutation(int size, long seed, long number) {
        SplittableRandom random = new SplittableRandom(Draws.seed(seed, number));
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private CurvatureBatch rows(int[] chosen) {
        MultiDataSet whole = all();
        return new CurvatureBatch(
                requireArrays(rows(whole.getFeatures(), chosen)),
                rows(whole.getLabels(), chosen),
                rows(whole.getFeaturesMaskArrays(), chosen),
                rows(whole.getLabelsMaskArrays(), chosen));
    }

    private static INDArray[] requireArrays(INDArray @Nullable [] arrays) {
        if (arrays == null) {
            throw new IllegalStateException("examples have no features; pass features with the data");
        }
        return arrays;
    }

    private static INDArray @Nullable [] rows(INDArray @Nullable [] arrays, int[] chosen) {
        if (arrays == null) {
            return null;
        }
        return Arrays.stream(arrays)
                .map(array -> array == null ? null : rows(array, chosen))
                .toArray(INDArray[]::new);
    }

    private static INDArray rows(INDArray array, int[] chosen) {
        long[] shape = array.shape().clone();
        INDArray ordered = array.ordering() == 'c' && !array.isView() ? array : array.dup('c');
        INDArray flat = ordered.reshape('c', shape[0], array.length() / shape[0]);
        shape[0] = chosen.length;
        return Nd4j.pullRows(flat, 1, chosen).reshape('c', shape);
    }
}
