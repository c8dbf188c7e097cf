/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inputs on which Fisher statistics are taken: rows drawn from a fixed set, or else those of the training batch.
 *
 * <p>The draw number n is a function of the seed and n alone, so that a restored training draws what the uninterrupted
 * one would have drawn.
 */
public final class AuxiliaryInputs {

    private final @Nullable INDArray rows; // [examples, features], 'c' order
    private final long[] exampleShape;

    private AuxiliaryInputs(@Nullable INDArray rows, long[] exampleShape) {
        this.rows = rows;
        this.exampleShape = exampleShape;
    }

    /** Statistics are taken on the inputs of the training batch itself. */
    static AuxiliaryInputs fromTrainingBatch() {
        return new AuxiliaryInputs(null, new long[0]);
    }

    /** Statistics are taken on random rows of the given inputs, shape [examples, ...]; the array is copied. */
    static AuxiliaryInputs drawnFrom(INDArray inputs) {
        if (inputs.rank() < 2 || inputs.size(0) < 1) {
            throw new IllegalArgumentException(
                    "auxiliary inputs must have examples in their first of at least two dimensions but have shape %s;"
                                    .formatted(inputs.shapeInfoToString())
                            + " pass the features of a data set");
        }
        long[] shape = inputs.shape().clone();
        INDArray copy = Nd4j.createUninitializedDetached(inputs.dataType(), 'c', shape);
        copy.assign(inputs);
        return new AuxiliaryInputs(copy.reshape('c', shape[0], copy.length() / shape[0]), shape);
    }

    /**
     * The inputs of one Fisher statistic.
     *
     * @param training the batch of the current iteration
     * @param size number of examples wanted; at most that many are used of the training batch
     * @param seed seed of the sequence of draws
     * @param number which draw of the sequence
     * @return rows drawn without replacement, or the training batch with its masks
     */
    public CurvatureBatch draw(CurvatureBatch training, int size, long seed, long number) {
        if (rows == null) {
            return training;
        }
        int examples = (int) rows.size(0);
        int count = Math.min(size, examples);
        int[] chosen = sample(examples, count, new SplittableRandom(Draws.seed(seed, number)));
        long[] shape = exampleShape.clone();
        shape[0] = count;
        return CurvatureBatch.ofInputs(Nd4j.pullRows(rows, 1, chosen).reshape('c', shape));
    }

    /** Floyd's algorithm: a uniform subset without replacement, in random order of insertion. */
    private static int[] sample(int population, int count, SplittableRandom random) {
        Set<Integer> chosen = new LinkedHashSet<>();
        for (int limit = population - count; limit < population; limit++) {
            int candidate = random.nextInt(limit + 1);
            chosen.add(chosen.contains(candidate) ? limit : candidate);
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }
}
