/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.nio.file.Files;
import java.nio.file.Path;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The 10 000 images of the MNIST test files {@code t10k-images-idx3-ubyte.gz} and {@code t10k-labels-idx1-ubyte.gz}. */
public final class Mnist {
    private static final String IMAGES = "t10k-images-idx3-ubyte.gz";
    private static final String LABELS = "t10k-labels-idx1-ubyte.gz";
    private static final float WHITE = 255;

    private Mnist() {}

    /**
     * Reads the images.
     *
     * @param directory where the files lie
     * @return pixels in [0, 1], shape [examples, 784], FLOAT
     * @throws IllegalArgumentException if the directory or file is missing or the file is damaged
     */
    public static INDArray images(Path directory) {
        IdxFile file = IdxFile.read(require(directory, IMAGES));
        int examples = file.examples();
        byte[] bytes = file.values();
        float[] pixels = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            pixels[i] = Byte.toUnsignedInt(bytes[i]) / WHITE;
        }
        return Nd4j.create(pixels, new long[] {examples, pixels.length / examples}, DataType.FLOAT);
    }

    /**
     * Reads the classes.
     *
     * @param directory where the files lie
     * @return the digit of each image
     * @throws IllegalArgumentException if the directory or file is missing or the file is damaged
     */
    public static int[] labels(Path directory) {
        byte[] bytes = IdxFile.read(require(directory, LABELS)).values();
        int[] labels = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            labels[i] = bytes[i];
        }
        return labels;
    }

    private static Path require(Path directory, String name) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(
                    "MNIST directory %s does not exist; give the directory that holds %s".formatted(directory, name));
        }
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "MNIST directory %s has no file %s; download it into that directory".formatted(directory, name));
        }
        return file;
    }
}
