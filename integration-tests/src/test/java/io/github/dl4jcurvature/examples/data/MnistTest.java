/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

import io.github.dl4jcurvature.testkit.DataDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MnistTest {
    private static final String IMAGES = "t10k-images-idx3-ubyte.gz";
    private static final String LABELS = "t10k-labels-idx1-ubyte.gz";
    private static final int IMAGE_MAGIC = 0x803;
    private static final int LABEL_MAGIC = 0x801;

    @TempDir
    Path directory;

    @Test
    void readsImagesRowByRowAndScalesThem() throws IOException {
        write(IMAGES, new int[] {IMAGE_MAGIC, 2, 1, 3}, 0, 51, 255, 128, 0, 1);

        INDArray images = Mnist.images(directory);

        assertThat(images.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(images.toFloatMatrix()).isDeepEqualTo(new float[][] {{0, 51 / 255f, 1}, {128 / 255f, 0, 1 / 255f}});
    }

    @Test
    void readsLabels() throws IOException {
        write(LABELS, new int[] {LABEL_MAGIC, 3}, 7, 2, 1);

        assertThat(Mnist.labels(directory)).containsExactly(7, 2, 1);
    }

    @Test
    void namesAMissingDirectoryOrFile() {
        Path missing = directory.resolve("absent");

        assertThatThrownBy(() -> Mnist.images(missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MNIST directory " + missing + " does not exist");
        assertThatThrownBy(() -> Mnist.labels(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no file " + LABELS);
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        write(LABELS, new int[] {0x903, 1}, 7);
        assertThatThrownBy(() -> Mnist.labels(directory)).hasMessageContaining("0x00000903");

        write(LABELS, new int[] {LABEL_MAGIC, 3}, 7);
        assertThatThrownBy(() -> Mnist.labels(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ends early");

        write(LABELS, new int[] {LABEL_MAGIC, -1}, 7);
        assertThatThrownBy(() -> Mnist.labels(directory)).hasMessageContaining("dimensions [-1]");

        Files.writeString(directory.resolve(LABELS), "<html>not found</html>");
        assertThatThrownBy(() -> Mnist.labels(directory)).hasMessageContaining("not gzipped");
    }

    @Test
    void readsTheRealFiles() {
        Path real = DataDirectory.require("mnist");

        INDArray images = Mnist.images(real);

        assertThat(images.shape()).containsExactly(10_000, 784);
        assertThat(images.maxNumber().floatValue()).isEqualTo(1);
        assertThat(Mnist.labels(real)).hasSize(10_000).startsWith(7, 2, 1, 0, 4);
    }

    private void write(String name, int[] header, int... values) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(directory.resolve(name))))) {
            for (int number : header) {
                out.writeInt(number);
            }
            for (int value : values) {
                out.writeByte(value);
            }
        }
    }
}
