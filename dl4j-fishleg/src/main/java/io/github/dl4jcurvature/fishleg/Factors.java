/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Matrices that lie one after the other in one vector. */
final class Factors {
    private Factors() {}

    /** The live view of shape [rows, columns], 'c' order, that starts at the given element of the vector. */
    static INDArray matrix(INDArray vector, long start, long rows, long columns) {
        return Nd4j.create(
                vector.data(), new long[] {rows, columns}, new long[] {columns, 1}, vector.offset() + start, 'c');
    }

    /** The live view of the given elements of the vector. */
    static INDArray slice(INDArray vector, long start, long length) {
        return Nd4j.create(vector.data(), new long[] {length}, new long[] {1}, vector.offset() + start, 'c');
    }

    static void setToIdentity(INDArray matrix, double scale) {
        matrix.assign(0);
        for (long row = 0; row < matrix.rows(); row++) {
            matrix.putScalar(row, row, scale);
        }
    }

    /** Sets a square matrix to the diagonal matrix with as many leading entries of the vector. */
    static void setToDiagonal(INDArray matrix, INDArray diagonal) {
        INDArray flat = diagonal.reshape(diagonal.length());
        matrix.assign(0);
        for (long row = 0; row < matrix.rows(); row++) {
            matrix.putScalar(row, row, flat.getDouble(row));
        }
    }

    /** Replaces positive elements by their roots. */
    static void squareRoot(INDArray array) {
        Transforms.sqrt(array, false);
    }
}
