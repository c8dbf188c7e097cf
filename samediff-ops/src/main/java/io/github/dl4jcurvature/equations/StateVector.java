/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Matrices in one INT64 vector that a graph carries from the forward to the backward pass.
 *
 * <p>Layout: for each equation the number of its matrices, their rows and columns, then the bits of their elements.
 */
final class StateVector {
    private StateVector() {}

    static INDArray write(List<List<ColumnMajor>> equations) {
        long length = 0;
        for (List<ColumnMajor> matrices : equations) {
            length += 1 + matrices.stream().mapToLong(m -> 2 + size(m)).sum();
        }
        INDArray vector = Nd4j.createUninitializedDetached(DataType.INT64, 'c', Math.max(length, 1));
        if (length == 0) {
            return vector.assign(0);
        }
        Pointer base = vector.data().addressPointer();
        long next = 0;
        for (List<ColumnMajor> matrices : equations) {
            vector.data().put(next++, (long) matrices.size());
            for (ColumnMajor matrix : matrices) {
                vector.data().put(next++, (long) matrix.rows());
                vector.data().put(next++, (long) matrix.columns());
            }
            for (ColumnMajor matrix : matrices) {
                copy(matrix.array().data().addressPointer(), at(base, next), matrix, vector);
                next += size(matrix);
            }
        }
        return vector;
    }

    static Reader read(INDArray vector) {
        return new Reader(vector);
    }

    /** Copies the elements of a matrix; plain pointers do not keep the memory of either side. */
    private static void copy(Pointer from, Pointer to, ColumnMajor matrix, INDArray vector) {
        try {
            Pointer.memcpy(to, from, Long.BYTES * size(matrix));
        } finally {
            Reference.reachabilityFence(matrix);
            Reference.reachabilityFence(vector);
        }
    }

    private static Pointer at(Pointer base, long element) {
        return base.getPointer(org.bytedeco.javacpp.LongPointer.class, element);
    }

    private static long size(ColumnMajor matrix) {
        return (long) matrix.rows() * matrix.columns();
    }

    /** Reads one equation after the other. */
    static final class Reader {
        private final INDArray vector;
        private long next;

        private Reader(INDArray vector) {
            if (vector.dataType() != DataType.INT64 || vector.rank() != 1) {
                throw new IllegalArgumentException(
                        "state must be a vector of INT64 but is %s of rank %d; pass what state() returned"
                                .formatted(vector.dataType(), vector.rank()));
            }
            this.vector = vector;
        }

        List<ColumnMajor> next() {
            long count = number();
            List<ColumnMajor> matrices = new ArrayList<>();
            long data = next + 2 * count;
            for (long i = 0; i < count; i++) {
                ColumnMajor matrix = ColumnMajor.zeros(number(), number());
                if (data + size(matrix) > vector.length()) {
                    throw new IllegalArgumentException(
                            "state of length %d ends within a matrix; pass what state() returned"
                                    .formatted(vector.length()));
                }
                copy(
                        at(vector.data().addressPointer(), data),
                        matrix.array().data().addressPointer(),
                        matrix,
                        vector);
                data += size(matrix);
                matrices.add(matrix);
            }
            next = data;
            return matrices;
        }

        private long number() {
            return vector.getLong(next++);
        }
    }
}
