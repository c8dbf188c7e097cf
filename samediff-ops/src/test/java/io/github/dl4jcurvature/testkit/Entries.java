/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Arrays;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Entries of an array of any order, view or dtype as doubles in row-major ('c') sequence. */
final class Entries {
    private Entries() {}

    /** Copies the entries; FLOAT and HALF values are widened exactly. */
    static double[] of(INDArray array) {
        return array.isEmpty()
                ? new double[0]
                : array.dup('c').castTo(DataType.DOUBLE).data().asDouble();
    }

    /** Position of the entry with the given row-major index, as in {@code [1, 2]}. */
    static String position(long index, long[] shape) {
        long[] position = new long[shape.length];
        long rest = index;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            position[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return Arrays.toString(position);
    }
}
