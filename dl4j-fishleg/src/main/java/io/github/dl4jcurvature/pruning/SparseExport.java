/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

import io.github.dl4jcurvature.checkpoint.AtomicFile;
import org.deeplearning4j.nn.api.Model;

/**
 * File with the parameters of a network in which zeros take no room: compressed sparse rows for each parameter for which
 * they are shorter, plain values otherwise.
 *
 * <p>All numbers are little-endian. Frame: the bytes {@code DCSP}, version 1 (int), number of parameters (int), the
 * parameters, CRC-32 of all before (long). Parameter: name of the layer and key (each: length in bytes (int), UTF-8), bytes
 * of a value (byte: 4 or 8), rows (int), columns (int), encoding (byte). Encoding 0, plain: rows times columns values.
 * Encoding 1, compressed: rows + 1 row pointers (int), bytes of an index (byte: 1, 2 or 4, unsigned), column indices, values.
 * Rows are outputs, columns their inputs in the order of the host's memory; a vector is one row. The sign of zeros is lost.
 *
 * <p>The file holds no architecture: it is read into a network of the same configuration. There it is dense again.
 */
public final class SparseExport {
    private static final int MAGIC = 0x50534344; // "DCSP"
    private static final int VERSION = 1;
    private static final int FRAME = 4 + 4 + 4 + 8;

    private SparseExport() {}

    /**
     * Writes the parameters of a network, as a whole or not at all.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph; unchanged
     * @param file file to create or replace; if it cannot be written it stays as it is
     * @throws IOException if the file cannot be written
     */
    public static void write(Model model, Path file) throws IOException {
        List<SparseParameter> parameters = SparseParameter.of(PrunableNetwork.of(model));
        long size = FRAME;
        for (SparseParameter parameter : parameters) {
            size += header(parameter) + parameter.exportedBytes() + (parameter.isCompressed() ? 1 : 0);
        }
        byte[] bytes = new byte[Math.toIntExact(size)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(MAGIC).putInt(VERSION).putInt(parameters.size());
        parameters.forEach(parameter -> put(buffer, parameter));
        buffer.putLong(checksum(bytes, buffer.position()));
        AtomicFile.write(file, temporary -> Files.write(temporary, bytes));
    }

    /**
     * Reads parameters into a network of the configuration that they were written from.
     *
     * @param file file written by {@link #write}
     * @param model an initialised MultiLayerNetwork or ComputationGraph; its parameters are replaced
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if the file is damaged or belongs to another architecture; the model is unchanged
     */
    public static void read(Path file, Model model) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<SparseParameter> parameters = SparseParameter.of(PrunableNetwork.of(model));
        requireIntact(buffer, bytes, file);
        try {
            requireEqual(file, "number of parameters", buffer.getInt(), parameters.size());
            double[][] values = new double[parameters.size()][];
            for (int i = 0; i < values.length; i++) {
                values[i] = get(buffer, parameters.get(i), file);
            }
            for (int i = 0; i < values.length; i++) {
                assign(parameters.get(i), values[i]);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "%s is damaged: it ends or points past its end; write it again".formatted(file), e);
        }
    }

    private static void requireIntact(ByteBuffer buffer, byte[] bytes, Path file) {
        if (buffer.capacity() < FRAME || buffer.getInt() != MAGIC) {
            throw new IllegalArgumentException(
                    "%s is not a sparse export; pass a file written by SparseExport.write".formatted(file));
        }
        int version = buffer.getInt();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "%s has version %d but this library reads version %d; use the library that wrote it"
                            .formatted(file, version, VERSION));
        }
        int end = buffer.capacity() - 8;
        if (buffer.getLong(end) != checksum(bytes, end)) {
            throw new IllegalArgumentException(
                    "%s is damaged: its checksum does not match; write it again".formatted(file));
        }
    }

    private static long checksum(byte[] bytes, int length) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, 0, length);
        return checksum.getValue();
    }

    private static long header(SparseParameter parameter) {
        return 4L + bytes(parameter.layer()).length + 4 + bytes(parameter.key()).length + 1 + 4 + 4 + 1;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer buffer, SparseParameter parameter) {
        buffer.putInt(bytes(parameter.layer()).length).put(bytes(parameter.layer()));
        buffer.putInt(bytes(parameter.key()).length).put(bytes(parameter.key()));
        buffer.put((byte) parameter.valueBytes()).putInt(parameter.rows()).putInt(parameter.columns());
        double[] values = parameter.values();
        if (!parameter.isCompressed()) {
            buffer.put((byte) 0);
            for (double value : values) {
                putValue(buffer, value, parameter.valueBytes());
            }
            return;
        }
        buffer.put((byte) 1);
        int columns = parameter.columns();
        int count = 0;
        buffer.putInt(0);
        for (int i = 0; i < values.length; i++) {
            count += values[i] != 0 ? 1 : 0;
            if ((i + 1) % columns == 0) {
                buffer.putInt(count);
            }
        }
        buffer.put((byte) parameter.indexBytes());
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                putIndex(buffer, i % columns, parameter.indexBytes());
            }
        }
        for (double value : values) {
            if (value != 0) {
                putValue(buffer, value, parameter.valueBytes());
            }
        }
    }

    private static double[] get(ByteBuffer buffer, SparseParameter parameter, Path file) {
        requireEqual(file, "layer", text(buffer), parameter.layer());
        requireEqual(file, "parameter of layer '" + parameter.layer() + "'", text(buffer), parameter.key());
        String what = "layer '%s', parameter %s: ".formatted(parameter.layer(), parameter.key());
        int valueBytes = buffer.get();
        requireEqual(file, what + "bytes of a value", valueBytes, parameter.valueBytes());
        requireEqual(file, what + "rows", buffer.getInt(), parameter.rows());
        requireEqual(file, what + "columns", buffer.getInt(), parameter.columns());
        double[] values = new double[parameter.values().length];
        if (buffer.get() == 0) {
            for (int i = 0; i < values.length; i++) {
                values[i] = getValue(buffer, valueBytes);
            }
            return values;
        }
        int[] pointers = new int[parameter.rows() + 1];
        for (int row = 0; row < pointers.length; row++) {
            pointers[row] = buffer.getInt();
        }
        int indexBytes = buffer.get();
        int[] positions = new int[pointers[parameter.rows()]];
        for (int row = 0; row < parameter.rows(); row++) {
            for (int k = pointers[row]; k < pointers[row + 1]; k++) {
                positions[k] = row * parameter.columns() + getIndex(buffer, indexBytes);
            }
        }
        for (int position : positions) {
            values[position] = getValue(buffer, valueBytes);
        }
        return values;
    }

    private static void assign(SparseParameter parameter, double[] values) {
        for (int i = 0; i < values.length; i++) {
            parameter.view().putScalar(i, values[i]);
        }
    }

    private static String text(ByteBuffer buffer) {
        byte[] bytes = new byte[Math.min(buffer.getInt(), buffer.remaining())];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void putValue(ByteBuffer buffer, double value, int bytes) {
        if (bytes == 4) {
            buffer.putFloat((float) value);
        } else {
            buffer.putDouble(value);
        }
    }

    private static double getValue(ByteBuffer buffer, int bytes) {
        return bytes == 4 ? buffer.getFloat() : buffer.getDouble();
    }

    private static void putIndex(ByteBuffer buffer, int index, int bytes) {
        switch (bytes) {
            case 1 -> buffer.put((byte) index);
            case 2 -> buffer.putShort((short) index);
            default -> buffer.putInt(index);
        }
    }

    private static int getIndex(ByteBuffer buffer, int bytes) {
        return switch (bytes) {
            case 1 -> Byte.toUnsignedInt(buffer.get());
            case 2 -> Short.toUnsignedInt(buffer.getShort());
            default -> buffer.getInt();
        };
    }

    private static void requireEqual(Path file, String what, Object found, Object expected) {
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(
                    "%s was written from another architecture: its %s is %s but that of the model is %s; pass a model of the same configuration"
                            .formatted(file, what, found, expected));
        }
    }
}
