/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Copies between the host's memory and Java's in one go, where the host's own conversions go element by element. */
final class BulkTransfer {
    private BulkTransfer() {}

    /** The elements of an array of {@code FLOAT} in its own order. */
    static float[] floats(INDArray array) {
        float[] values = new float[Math.toIntExact(array.length())];
        array.dup().data().asNioFloat().get(values);
        return values;
    }

    /** The elements of an array of {@code DOUBLE} in its own order. */
    static double[] doubles(INDArray array) {
        double[] values = new double[Math.toIntExact(array.length())];
        array.dup().data().asNioDouble().get(values);
        return values;
    }

    /** A vector of {@code FLOAT}. */
    static INDArray vector(float[] values) {
        INDArray vector = Nd4j.createUninitialized(DataType.FLOAT, values.length);
        vector.data().asNioFloat().put(values);
        return vector;
    }

    /** A vector of {@code DOUBLE}. */
    static INDArray vector(double[] values) {
        INDArray vector = Nd4j.createUninitialized(DataType.DOUBLE, values.length);
        vector.data().asNioDouble().put(values);
        return vector;
    }
}
