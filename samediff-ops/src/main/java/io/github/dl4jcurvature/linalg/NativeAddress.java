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
 * the native code works on it. The capacity is the number of elements, which bounds the memory of a gap-free array.
 */
final class NativeAddress {
    private NativeAddress() {}

    /** Address of a DOUBLE array, view offsets included. */
    static DoublePointer ofDouble(INDArray array) {
        return new OwningDoublePointer(array);
    }

    /** Address of a FLOAT array, view offsets included. */
    static FloatPointer ofFloat(INDArray array) {
        return new OwningFloatPointer(array);
    }

    private static Pointer start(INDArray array) {
        return array.data().addressPointer();
    }

    private static final class OwningDoublePointer extends DoublePointer {
        @SuppressWarnings("unused") // held for reachability
        private final INDArray owner;

        OwningDoublePointer(INDArray owner) {
            super(start(owner));
            this.owner = owner;
            capacity(owner.length());
        }
    }

    private static final class OwningFloatPointer extends FloatPointer {
        @SuppressWarnings("unused") // held for reachability
        private final INDArray owner;

        OwningFloatPointer(INDArray owner) {
            super(start(owner));
            this.owner = owner;
            capacity(owner.length());
        }
    }
}
