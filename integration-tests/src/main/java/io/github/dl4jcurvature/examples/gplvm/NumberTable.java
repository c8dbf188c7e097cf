/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gplvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Text files of numbers separated by commas or blanks. */
public final class NumberTable {
    private NumberTable() {}

    /**
     * Reads a file.
     *
     * @return its lines as rows
     * @throws IllegalArgumentException if it is missing
     */
    public static INDArray read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("file %s is missing; give the directory that holds it".formatted(file));
        }
        try (Stream<String> lines = Files.lines(file)) {
            return Nd4j.createFromArray(lines.filter(line -> !line.isBlank())
                    .map(line -> Arrays.stream(line.trim().split("[,\\s]+"))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toArray(double[][]::new));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
