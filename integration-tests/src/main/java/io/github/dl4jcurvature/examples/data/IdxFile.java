/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Content of a gzipped file of unsigned bytes in the IDX format of the MNIST data. */
final class IdxFile {
    private static final int UNSIGNED_BYTES = 0x0800;
    private static final int MOST_ELEMENTS = 1 << 28;

    private final int[] dimensions;
    private final byte[] values;

    private IdxFile(int[] dimensions, byte[] values) {
        this.dimensions = dimensions;
        this.values = values;
    }

    /** Number of examples, the first dimension. */
    int examples() {
        return dimensions[0];
    }

    /** All elements; the last dimension runs fastest. */
    byte[] values() {
        return values;
    }

    static IdxFile read(Path file) {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            int magic = in.readInt();
            if ((magic & ~0xff) != UNSIGNED_BYTES) {
                throw new IllegalArgumentException(
                        "%s starts with 0x%08x, not with 0x000008nn as an IDX file of bytes does; download it again"
                                .formatted(file, magic));
            }
            int[] dimensions = new int[Math.max(1, magic & 0xff)];
            for (int i = 0; i < dimensions.length; i++) {
                dimensions[i] = in.readInt();
            }
            byte[] values = new byte[elements(file, dimensions)];
            in.readFully(values);
            return new IdxFile(dimensions, values);
        } catch (EOFException | ZipException e) {
            throw new IllegalArgumentException(
                    "%s ends early or is not gzipped (%s); download it again".formatted(file, e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static int elements(Path file, int[] dimensions) {
        long product = 1;
        for (int size : dimensions) {
            product = size < 0 ? MOST_ELEMENTS + 1L : Math.min(product * size, MOST_ELEMENTS + 1L);
        }
        if (product > MOST_ELEMENTS) {
            throw new IllegalArgumentException(
                    "%s announces the dimensions %s, more than %d elements; download it again"
                            .formatted(file, Arrays.toString(dimensions), MOST_ELEMENTS));
        }
        return (int) product;
    }
}
