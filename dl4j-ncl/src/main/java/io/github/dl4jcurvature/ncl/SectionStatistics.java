/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.fisher.LayerFactors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Collects over the passes of a task what one parameter matrix needs to learn from it. */
final class SectionStatistics {
    private final SectionPlan plan;
    private final boolean perSequence;
    private @Nullable SectionMoments moments;
    private @Nullable RowWeights weights;
    private @Nullable INDArray squares;

    SectionStatistics(SectionPlan plan, boolean perSequence) {
        this.plan = plan;
        this.perSequence = perSequence;
    }

    boolean startsAt(long start) {
        return plan.start() == start && needsMoments();
    }

    private boolean needsMoments() {
        return switch (plan.memory()) {
            case KRONECKER, INPUTS, INPUTS_AND_OUTPUTS -> true;
            case ELEMENTWISE, FIRST_PRIOR, NOTHING -> false;
        };
    }

    /** Whether the diagonal comes from inputs and errors of single examples. */
    boolean needsSquaresOfFactors() {
        return needsSquares() && plan.captured();
    }

    /** Whether the diagonal comes from summed gradients with random signs or labels. */
    boolean needsSquaresOfGradients() {
        return needsSquares() && !plan.captured();
    }

    /** A prior that keeps its first precision still asks whether the task has trained it. */
    private boolean needsSquares() {
        return plan.memory() == SectionPlan.Memory.ELEMENTWISE || plan.memory() == SectionPlan.Memory.FIRST_PRIOR;
    }

    /** Whether anything was collected. */
    boolean isKnown() {
        return squares != null || (moments != null && !moments.isEmpty());
    }

    /** Adds inputs and errors of one pass. */
    void add(boolean first, LayerFactors factors) {
        if (moments == null) {
            boolean augmented = plan.rows() == factors.inputs().size(1) + 1;
            moments = new SectionMoments(plan.rows(), augmented, plan.columns(), perSequence);
        }
        if (first || weights == null) {
            weights = weightsOf(factors);
            moments.addInputs(factors.inputs(), weights);
        }
        moments.addErrors(factors.errors(), weights);
    }

    private static RowWeights weightsOf(LayerFactors factors) {
        INDArray valid = factors.validRows();
        long rows = factors.errors().size(0);
        INDArray each = valid == null ? Nd4j.ones(DataType.DOUBLE, rows) : valid.castTo(DataType.DOUBLE);
        return new RowWeights(valid, factors.sumPerExample(each), factors.examplesOfRows());
    }

    /** Adds a factor times the squares of gradients, or mean squares themselves, of the layer's parameters. */
    void addSquares(INDArray flat, double factor, boolean squared) {
        INDArray matrix = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {plan.rows(), plan.columns()}, 'f');
        plan.gather(flat, matrix);
        if (!squared) {
            matrix.muli(matrix);
        }
        if (squares == null) {
            squares = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', plan.rows(), plan.columns())
                    .assign(0);
        }
        squares.addi(matrix.muli(factor));
    }

    /** Takes over the statistics of other examples, whose memory may become part of this. */
    void merge(SectionStatistics other) {
        if (other.moments != null) {
            if (moments == null) {
                moments = other.moments;
                other.moments = null;
            } else {
                moments.merge(other.moments);
            }
        }
        if (other.squares != null) {
            if (squares == null) {
                squares = other.squares;
                other.squares = null;
            } else {
                squares.addi(other.squares);
            }
        }
    }

    /** Back to no statistics, with the memory of those it had. */
    void clear() {
        weights = null;
        if (moments != null) {
            moments.clear();
        }
        if (squares != null) {
            squares.assign(0);
        }
    }

    /** The statistics of a task of so many examples. */
    TaskStatistics finished(INDArray parameters, long examples, double weight) {
        return new TaskStatistics(
                moments == null ? null : moments.inputFactor(),
                moments == null ? null : moments.outputFactor(),
                moments == null ? null : moments.inputCovariance(),
                squares == null ? null : squares.div(examples),
                parameters,
                weight);
    }
}
