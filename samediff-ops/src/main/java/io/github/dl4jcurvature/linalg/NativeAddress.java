/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Typed pointers to the first element of an array that keep the array's memory alive.
 *
 * <p>The host frees a buffer once its Java object is unreachable, which a plain pointer does not prevent. JNI keeps
 * the arguments of a running call reachable, so a pointer that refers to its array protects the memory for as long as
 * the native code works on it. The capacity ends with the last element, the gaps of a block included.
 */
final class NativeAddress {
    private NativeAddress() {}

    /** Address of a DOUBLE array, view offsets included. */
    static DoublePointer ofDouble(INDArray array) {
        return new OwningDoublePointer(array, array.data().addressPointer(), span(array));
    }

    /** Address of a FLOAT array, view offsets included. */
    static FloatPointer ofFloat(INDArray array) {
        return new OwningFloatPointer(array, array.data().addressPointer(), span(array));
    }

    /** Elements of the memory between the first and the last one, both included. */
    private static long span(INDArray array) {
        if (array.isEmpty()) {
            return 0;
        }
        long last = 0;
        for (int axis = 0; axis < array.rank(); axis++) {
            last += (array.size(axis) - 1) * array.stride(axis);
        }
        return last + 1;
    }

    /** Address of the element that lies the given number of elements after the first. */
    static Pointer moved(Pointer first, long elements) {
        long left = first.capacity() - elements;
        return first instanceof FloatPointer
                ? new OwningFloatPointer(first, first.getPointer(FloatPointer.class, elements), left)
                : new OwningDoublePointer(first, first.getPointer(DoublePointer.class, elements), left);
    }

    private static final class OwningDoublePointer extends DoublePointer {
        @SuppressWarnings("unused") // held for reachability
        private final Object owner;

        OwningDoublePointer(Object owner, Pointer start, long capacity) {
            super(start);
            this.owner = owner;
            capacity(capacity);
        }
    }

    private static final class OwningFloatPointer extends FloatPointer {
        @SuppressWarnings("unused") // held for reachability
        private final Object owner;

        OwningFloatPointer(Object owner, Pointer start, long capacity) {
            super(start);
            this.owner = owner;
            capacity(capacity);
        }
    }
}
