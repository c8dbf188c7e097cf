/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.ArrayList;
import java.util.List;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The matrix of one block, shape [outputs, inputs'], in one piece: weights and bias side by side, the bias in the last
 * column.
 */
final class JointMatrix {
    private final INDArray matrix; // [o, i']
    private final List<INDArray> parts = new ArrayList<>(); // [o, columns], side by side in the matrix

    JointMatrix(DataType type, SubBlockPlan plan) {
        matrix = Nd4j.createUninitializedDetached(type, 'c', plan.rows(), plan.joint());
        long column = 0;
        for (int part = 0; part < plan.parts(); part++) {
            long next = column + plan.columns(part);
            parts.add(matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(column, next)));
            column = next;
        }
    }

    INDArray matrix() {
        return matrix;
    }

    /** Copies from the layout of the host. */
    void read(BlockVector.Matrix source) {
        for (int part = 0; part < parts.size(); part++) {
            parts.get(part).assign(source.arrays().get(part));
        }
    }

    /** Copies to the layout of the host. */
    void write(BlockVector.Matrix target) {
        for (int part = 0; part < parts.size(); part++) {
            target.arrays().get(part).assign(parts.get(part));
        }
    }
}
