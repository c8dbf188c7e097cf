/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reader of NumPy's npy format with little-endian entries of type f4, f8, i4 or i8.
 *
 * <p>ND4J's own reader is not used: it takes files with {@code 'fortran_order': True} for row-major ones.
 */
final class NpyFile {
    private static final Pattern HEADER =
            Pattern.compile("'descr': '<([fi][48])', 'fortran_order': (True|False), 'shape': \\(([\\d, ]*)\\)");

    private NpyFile() {}

    /** Reads an array in {@code DOUBLE}, order 'c'. */
    static INDArray read(Path file) {
        try {
            return parse(file, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static INDArray parse(Path file, ByteBuffer bytes) {
        String text = header(bytes);
        Matcher header = HEADER.matcher(text);
        if (!header.find()) {
            throw new IllegalArgumentException(
                    "%s needs a type among <f4, <f8, <i4, <i8 but has the header %s".formatted(file, text.strip()));
        }
        long[] shape = shape(header.group(3));
        long length = LongStream.of(shape).reduce(1, Math::multiplyExact);
        int width = header.group(1).charAt(1) - '0';
        if (bytes.remaining() != length * width) {
            throw new IllegalArgumentException(
                    "%s needs %d bytes of entries but has %d".formatted(file, length * width, bytes.remaining()));
        }
        char order = header.group(2).equals("True") ? 'f' : 'c';
        INDArray array = Nd4j.create(DataType.DOUBLE, shape, order);
        for (long i = 0; i < length; i++) {
            array.data().put(i, next(bytes, header.group(1)));
        }
        return array.dup('c');
    }

    /** Reads the header and leaves the buffer at the first entry; version 1 has a shorter length field. */
    private static String header(ByteBuffer bytes) {
        boolean first = bytes.get(6) == 1;
        bytes.position(8);
        byte[] header = new byte[first ? Short.toUnsignedInt(bytes.getShort()) : bytes.getInt()];
        bytes.get(header);
        return new String(header, StandardCharsets.US_ASCII);
    }

    private static long[] shape(String list) {
        return Stream.of(list.split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static double next(ByteBuffer bytes, String type) {
        return switch (type) {
            case "f4" -> bytes.getFloat();
            case "f8" -> bytes.getDouble();
            case "i4" -> bytes.getInt();
            default -> bytes.getLong();
        };
    }
}
