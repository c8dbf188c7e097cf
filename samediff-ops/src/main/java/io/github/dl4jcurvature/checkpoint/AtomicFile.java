/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Replaces a file as a whole: whoever reads it finds the old content or the new one. */
public final class AtomicFile {
    static final String TEMPORARY = ".incomplete";

    private AtomicFile() {}

    /** Writes the whole content of a file. */
    @FunctionalInterface
    public interface Writer {
        /**
         * Writes.
         *
         * @param file to create
         * @throws IOException if it cannot be written
         */
        void write(Path file) throws IOException;
    }

    /**
     * Writes beside the file, forces the content to the disk and renames.
     *
     * @param file to create or replace; on failure it stays as it is. Two processes must not write the same file
     * @param writer gets the path of the temporary file, the name of {@code file} with {@code .incomplete} appended
     * @throws IOException if it cannot be written, or the file system cannot rename in one step
     */
    public static void write(Path file, Writer writer) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try {
            writer.write(temporary);
            force(temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
