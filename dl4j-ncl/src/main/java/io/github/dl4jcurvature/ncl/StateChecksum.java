/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.nio.ByteBuffer;
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
    private static final int AT_ONCE = 1024; // numbers

    private final CRC32 sum = new CRC32();

    /** A checksum of numbers that are held in the given type; of equal numbers in another type it is another. */
    StateChecksum(DataType type) {
        sum.update(type == DataType.DOUBLE ? Double.BYTES : Float.BYTES);
    }

    StateChecksum with(INDArray numbers) {
        double[] values = numbers.dup().data().asDouble();
        ByteBuffer bytes = ByteBuffer.allocate(AT_ONCE * Double.BYTES);
        for (double value : values) {
            if (!bytes.hasRemaining()) {
                sum.update(bytes.flip());
                bytes.clear();
            }
            bytes.putDouble(Math.abs(value) < LEAST ? 0 : value);
        }
        sum.update(bytes.flip());
        return this;
    }

    /** A whole number below 2^20. */
    long value() {
        return sum.getValue() & ((1 << BITS) - 1);
    }
}
