/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Arrays are written byte by byte after the description of the npy format 1.0. */
class GoldenCaseTest {
    private static final double[][] MATRIX = {{1.5, -2, 3}, {4, 5, 1e-3}};

    @TempDir
    private Path directory;

    private GoldenCase golden;

    @BeforeEach
    void openCase() {
        golden = GoldenCase.at(directory);
    }

    @ParameterizedTest
    @CsvSource({"False", "True"})
    void doublesOfEitherOrderAreRead(String fortran) throws IOException {
        write("m", "'<f8'", fortran, "(2, 3)", bytes -> {
            for (int i = 0; i < 6; i++) {
                bytes.putDouble(fortran.equals("True") ? MATRIX[i % 2][i / 2] : MATRIX[i / 3][i % 3]);
            }
        });
        assertThatMatrix(golden.array("m")).isBitEqualTo(Nd4j.createFromArray(MATRIX));
        assertThat(golden.array("m").ordering()).isEqualTo('c');
    }

    @Test
    void floatsAreWidened() throws IOException {
        write("v", "'<f4'", "False", "(2,)", bytes -> bytes.putFloat(0.1f).putFloat(-7));
        assertThatMatrix(golden.array("v")).isBitEqualTo(Nd4j.createFromArray((double) 0.1f, -7.0));
    }

    @Test
    void integersAreRead() throws IOException {
        write(
                "index",
                "'<i8'",
                "False",
                "(3,)",
                bytes -> bytes.putLong(7).putLong(-1).putLong(1L << 40));
        assertThat(golden.longs("index")).containsExactly(7, -1, 1L << 40);
        assertThatMatrix(golden.array("index")).isBitEqualTo(Nd4j.createFromArray(7.0, -1.0, 0x1p40));
    }

    @Test
    void narrowIntegersAndVersionTwoAreRead() throws IOException {
        write("index", "'<i4'", "False", "(2,)", bytes -> bytes.putInt(-3).putInt(4));
        byte[] first = Files.readAllBytes(directory.resolve("index.npy"));
        ByteBuffer second = ByteBuffer.allocate(first.length + 2).order(ByteOrder.LITTLE_ENDIAN);
        second.put(first, 0, 6).put((byte) 2).put((byte) 0).putInt(118).put(first, 10, first.length - 10);
        Files.write(directory.resolve("index2.npy"), second.array());
        assertThat(golden.longs("index")).containsExactly(-3, 4);
        assertThat(golden.longs("index2")).containsExactly(-3, 4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"<c8; needs a type among", ">f8; needs a type among", "<i4; needs 8 bytes of entries but has 16"})
    void otherTypesAndWrongLengthsAreRefused(String type, String finding) throws IOException {
        write(
                "v",
                "'" + type + "'",
                "False",
                "(2,)",
                bytes -> bytes.putDouble(1).putDouble(2));
        assertThatThrownBy(() -> golden.array("v"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("v.npy", finding);
    }

    @Test
    void fractionsAreNoIntegers() throws IOException {
        write("v", "'<f8'", "False", "(1,)", bytes -> bytes.putDouble(1.5));
        assertThatThrownBy(() -> golden.longs("v"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("array 'v' of " + directory + " must hold integers");
    }

    @Test
    void singletonDimensionsAndHigherRanksAreKept() throws IOException {
        write("scalar", "'<f8'", "False", "()", bytes -> bytes.putDouble(9));
        assertThat(golden.array("scalar").getDouble(0)).isEqualTo(9);
        write("row", "'<f8'", "False", "(1, 2)", bytes -> bytes.putDouble(1).putDouble(2));
        write(
                "cube",
                "'<f8'",
                "False",
                "(1, 2, 1, 1)",
                bytes -> bytes.putDouble(1).putDouble(2));
        assertThatMatrix(golden.array("row")).hasShape(1, 2);
        assertThatMatrix(golden.array("cube")).hasShape(1, 2, 1, 1);
    }

    @Test
    void documentOfADirectoryHoldsNumbersAndLists() throws IOException {
        Files.writeString(
                directory.resolve("golden.json"),
                "{\"lik\": \"softmax\", \"mc\": {\"vFv\": 18.5, \"H\": [[1, 2], [3, NaN]]}}");
        assertThat(golden.json().get("lik").asText()).isEqualTo("softmax");
        assertThat(golden.number("mc/vFv")).isEqualTo(18.5);
        assertThat(golden.array("mc/H").getDouble(0, 1)).isEqualTo(2);
        assertThat(golden.array("mc/H").getDouble(1, 1)).isNaN();
        assertThat(golden.has("mc/H")).isTrue();
        assertThat(golden.has("mc/vFv")).isFalse();
        assertThat(golden.has("u0")).isFalse();
        assertThatThrownBy(() -> golden.number("lik"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no number 'lik'");
    }

    @Test
    void jsonFileIsACaseOfItsOwn() throws IOException {
        Path file = Files.writeString(directory.resolve("toy.json"), "{\"a\": [1, 2.5]}");
        GoldenCase toy = GoldenCase.at(file);
        assertThat(toy.name()).isEqualTo("toy");
        assertThatMatrix(toy.array("a")).isBitEqualTo(Nd4j.createFromArray(1.0, 2.5));
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> golden.array("u0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("golden case %s has no array 'u0'".formatted(directory));
        assertThatThrownBy(() -> golden.file("curve.csv"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no file 'curve.csv'");
    }

    @Test
    void otherFilesAreFound() throws IOException {
        Path file = Files.writeString(directory.resolve("curve.csv"), "1,2");
        assertThat(golden.file("curve.csv")).isEqualTo(file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"[[1, 2], [3]]", "[1, \"x\"]", "[[1], 2]", "[1, [2]]"})
    void raggedOrNonNumericListsAreRefused(String list) throws IOException {
        Files.writeString(directory.resolve("golden.json"), "{\"a\": %s}".formatted(list));
        assertThatThrownBy(() -> golden.array("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nested list of numbers must have equal lengths at every depth");
    }

    private void write(String name, String type, String fortran, String shape, Consumer<ByteBuffer> values)
            throws IOException {
        String header = "{'descr': %s, 'fortran_order': %s, 'shape': %s, }".formatted(type, fortran, shape);
        ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        bytes.putShort((short) 118); // pads magic, version, length and header to 128 bytes
        bytes.put("%-117s\n".formatted(header).getBytes(StandardCharsets.US_ASCII));
        values.accept(bytes);
        Files.write(directory.resolve(name + ".npy"), Arrays.copyOf(bytes.array(), bytes.position()));
    }
}
