/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Second moments of inputs z and errors \( \delta \) of one parameter matrix over the examples of a task.
 *
 * <p>With S valid applications of the matrix in B examples and \( \bar n = S / B \), the factors are \( A = \sqrt{\bar n} \frac1S \sum z
 * z^\top \) and \( G = \sqrt{\bar n} \frac1S \sum \delta \delta^\top \): their product is \( \bar n E[z z^\top] \otimes E[\delta \delta^\top] \),
 * a sum over time whose steps count as independent. The reference's normalisation divides the moments of each sequence by one
 * less than its steps.
 */
final class SectionMoments {
    private final SecondMoment inputs;
    private final SecondMoment outputs;
    private final boolean perSequence;
    private double rows;
    private long examples;

    /**
     * Empty moments.
     *
     * @param order length of z
     * @param augmented whether rows of inputs lack the constant 1 of the bias
     * @param outputs length of \( \delta \)
     * @param perSequence whether sequences are normalised one by one, as in the reference
     */
    SectionMoments(long order, boolean augmented, long outputs, boolean perSequence) {
        inputs = new SecondMoment(order, augmented);
        this.outputs = new SecondMoment(outputs, false);
        this.perSequence = perSequence;
    }

    /** Adds the inputs of a batch. */
    void addInputs(INDArray z, RowWeights weights) {
        inputs.add(z, weights(weights));
        rows += weights.total();
        examples += weights.examples();
    }

    /** Adds the errors of one pass for a batch. */
    void addErrors(INDArray errors, RowWeights weights) {
        outputs.add(errors, weights(weights));
    }

    private @Nullable INDArray weights(RowWeights weights) {
        return perSequence ? weights.perSequence() : weights.valid();
    }

    /** Adds the moments of other examples. */
    void merge(SectionMoments other) {
        inputs.merge(other.inputs);
        outputs.merge(other.outputs);
        rows += other.rows;
        examples += other.examples;
    }

    void clear() {
        inputs.clear();
        outputs.clear();
        rows = 0;
        examples = 0;
    }

    boolean isEmpty() {
        return examples == 0;
    }

    INDArray inputFactor() {
        return inputs.times(factor());
    }

    INDArray outputFactor() {
        return outputs.times(factor());
    }

    /** \( E[z z^\top] \). */
    INDArray inputCovariance() {
        return inputs.times(perSequence ? 1.0 / examples : 1 / rows);
    }

    private double factor() {
        double steps = rows / examples;
        return Math.sqrt(steps) / (perSequence ? (double) examples : rows);
    }
}
