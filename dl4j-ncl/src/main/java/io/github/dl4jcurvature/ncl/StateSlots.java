/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Doubles in a part of the updater's state, read and written one after another.
 *
 * <p>Of a network in {@code FLOAT} a double is held as the sum of two floats, to a relative accuracy of \( 2^{-48} \). Space for
 * n doubles is 2 n elements; a symmetric matrix of order n takes n (n + 1), for its lower triangle.
 */
final class StateSlots {
    private final INDArray slots;
    private long position;

    StateSlots(INDArray slots) {
        this.slots = slots;
    }

    /** Elements of state for so many doubles. */
    static long sizeOf(long doubles) {
        return 2 * doubles;
    }

    /** Elements of state for a symmetric matrix. */
    static long sizeOfSymmetric(long order) {
        return order * (order + 1);
    }

    void write(double[] values) {
        long length = sizeOf(values.length);
        INDArray target = slots.get(NDArrayIndex.interval(position, position + length));
        if (slots.dataType() == DataType.DOUBLE) {
            target.get(NDArrayIndex.interval(0, values.length)).assign(BulkTransfer.vector(values));
        } else {
            target.assign(BulkTransfer.vector(split(values)));
        }
        position += length;
    }

    double[] read(long doubles) {
        long length = sizeOf(doubles);
        INDArray source = slots.get(NDArrayIndex.interval(position, position + length));
        position += length;
        if (slots.dataType() == DataType.DOUBLE) {
            return BulkTransfer.doubles(source.get(NDArrayIndex.interval(0, doubles)));
        }
        return joined(BulkTransfer.floats(source));
    }

    void writeSymmetric(INDArray matrix) {
        int n = (int) matrix.size(0);
        double[] full = BulkTransfer.doubles(matrix.dup('f'));
        double[] triangle = new double[n * (n + 1) / 2];
        int next = 0;
        for (int column = 0; column < n; column++) {
            for (int row = column; row < n; row++) {
                triangle[next++] = full[column * n + row];
            }
        }
        write(triangle);
    }

    INDArray readSymmetric(long order) {
        int n = (int) order;
        double[] triangle = read(order * (order + 1) / 2);
        double[] full = new double[n * n];
        int next = 0;
        for (int column = 0; column < n; column++) {
            for (int row = column; row < n; row++) {
                full[column * n + row] = triangle[next];
                full[row * n + column] = triangle[next++];
            }
        }
        INDArray matrix = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', order, order);
        matrix.data().asNioDouble().put(full);
        return matrix;
    }

    private static float[] split(double[] values) {
        float[] parts = new float[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            parts[2 * i] = (float) values[i];
            parts[2 * i + 1] = (float) (values[i] - parts[2 * i]);
        }
        return parts;
    }

    private static double[] joined(float[] parts) {
        double[] values = new double[parts.length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = (double) parts[2 * i] + parts[2 * i + 1];
        }
        return values;
    }
}
