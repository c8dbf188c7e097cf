/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A number that changes if what is remembered changes: the last 20 bits of a cyclic redundancy check.
 *
 * <p>Sums of up to 16 equal numbers below \( 2^{20} \) are exact in FLOAT. If the host averages a power of two of equal states, the
 * checksum comes back as it was and so do the numbers it stands for, except the least: those below {@value #LEAST} may be rounded
 * by a division and count as zero.
 */
final class StateChecksum {
    private static final int BITS = 20;
    private static final double LEAST = 0x1p-100;

    private final CRC32 sum = new CRC32();

    /** A checksum of numbers that are held in the given type; of equal numbers in another type it is another. */
    StateChecksum(DataType type) {
        sum.update(type == DataType.DOUBLE ? Double.BYTES : Float.BYTES);
    }

    StateChecksum with(INDArray numbers) {
        ByteBuffer bytes;
        if (numbers.dataType() == DataType.DOUBLE) {
            double[] values = BulkTransfer.doubles(numbers);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]) < LEAST ? 0 : values[i];
            }
            bytes = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, values.length));
            bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(values);
        } else {
            float[] values = BulkTransfer.floats(numbers);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]) < LEAST ? 0 : values[i];
            }
            bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length));
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        }
        sum.update(bytes);
        return this;
    }

    /** A whole number below 2^20. */
    long value() {
        return sum.getValue() & ((1 << BITS) - 1);
    }
}
