/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.fisher.ExampleGradients;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A problem whose loss is the quadratic \( g^\top \delta + \tfrac12 \delta^\top F \delta \), with dense matrices.
 *
 * @param parameters w [n]
 * @param fisher F [n, n]
 * @param gradient g [n]
 * @param inverse Q [n, n]
 * @param examples G [m, n]
 * @param alive [n]
 */
@SuppressWarnings("ArrayRecordComponent")
record DenseProblem(
        INDArray parameters, INDArray fisher, INDArray gradient, INDArray inverse, INDArray examples, INDArray alive)
        implements PruningProblem {

    /** Stands for the dense Q of the problem. */
    record Dense() implements InverseCurvature.Recipe {}

    static DenseProblem of(INDArray w, INDArray fisher, INDArray gradient, INDArray inverse) {
        return new DenseProblem(
                w,
                fisher,
                gradient,
                inverse,
                Nd4j.zeros(DataType.DOUBLE, 1, w.length()),
                Nd4j.ones(w.dataType(), w.length()));
    }

    @Override
    public INDArray prunable() {
        return alive;
    }

    @Override
    public INDArray fisherProduct(INDArray v) {
        return fisher.mmul(v);
    }

    @Override
    public double loss(INDArray candidate) {
        INDArray change = candidate.sub(parameters);
        return gradient.mul(change).sumNumber().doubleValue()
                + change.mul(fisher.mmul(change)).sumNumber().doubleValue() / 2;
    }

    @Override
    public ExampleGradients exampleGradients(int count) {
        return new ExampleGradients() {
            @Override
            public long count() {
                return examples.size(0);
            }

            @Override
            public INDArray covered() {
                return alive.dup();
            }

            @Override
            public INDArray columns(long from, long to) {
                return examples.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to))
                        .dup('c');
            }

            @Override
            public INDArray meanSquares() {
                return examples.mul(examples).mean(0);
            }
        };
    }

    @Override
    public InverseCurvature inverse(InverseCurvature.Recipe model) {
        if (model instanceof BlockInverse block) {
            return BlockInverseCurvature.of(block, this);
        }
        return new InverseCurvature() {
            @Override
            public INDArray diagonal() {
                return Nd4j.diag(inverse).dup();
            }

            @Override
            public INDArray multiply(INDArray v) {
                return inverse.mmul(v);
            }
        };
    }
}
