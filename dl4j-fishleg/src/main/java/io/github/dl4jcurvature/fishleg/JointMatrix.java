/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A matrix of shape [outputs, inputs'] that holds weights and bias of a layer side by side, the bias in the last column.
 *
 * <p>The host stores the same numbers as the weights, row by row of this matrix, followed by the bias.
 */
final class JointMatrix {
    private final INDArray matrix; // [o, i']
    private final INDArray weights; // [o, i], part of the matrix
    private final @Nullable INDArray bias; // [o], part of the matrix

    JointMatrix(DataType type, long outputs, long joint, boolean hasBias) {
        matrix = Nd4j.createUninitializedDetached(type, 'c', outputs, joint);
        weights = hasBias ? matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(0, joint - 1)) : matrix;
        bias = hasBias ? matrix.get(NDArrayIndex.all(), NDArrayIndex.point(joint - 1)) : null;
    }

    INDArray matrix() {
        return matrix;
    }

    /** Copies from the host's layout. */
    void read(BlockVector vector) {
        weights.assign(vector.weightsArray());
        if (bias != null) {
            bias.assign(vector.biasArray());
        }
    }

    /** Copies to the host's layout. */
    void write(BlockVector vector) {
        vector.weightsArray().assign(weights);
        if (bias != null) {
            vector.biasArray().assign(bias);
        }
    }
}
