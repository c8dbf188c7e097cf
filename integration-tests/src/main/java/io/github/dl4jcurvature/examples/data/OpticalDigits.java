/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The 1797 handwritten digits of 8 x 8 pixels that are embedded in this module, split at random.
 *
 * <p>Pixels are scaled from 0 .. 16 to [0, 1]; all arrays are FLOAT.
 *
 * <p>Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
 * CC BY 4.0.
 */
public final class OpticalDigits {
    /** Number of images. */
    public static final int EXAMPLES = 1797;

    /** Pixels of an image. */
    public static final int PIXELS = 64;

    /** Number of digits. */
    public static final int CLASSES = 10;

    private static final int TRAIN = 1000;
    private static final int VALIDATION = 297;
    private static final float WHITE = 16;
    private static final String RESOURCE = "/digits/digits.csv.gz";

    private final INDArray features; // [1797, 64]
    private final INDArray labels; // [1797, 10]
    private final int[] order;

    /**
     * Reads the images and splits them into 1000 for training, 297 for validation and 500 for test.
     *
     * @param splitSeed decides which image goes where; equal seeds give equal parts
     */
    public OpticalDigits(long splitSeed) {
        List<String> lines = lines();
        float[][] pixels = new float[lines.size()][PIXELS];
        float[][] classes = new float[lines.size()][CLASSES];
        for (int i = 0; i < lines.size(); i++) {
            List<String> cells = List.of(lines.get(i).split(","));
            for (int p = 0; p < PIXELS; p++) {
                pixels[i][p] = Integer.parseInt(cells.get(p)) / WHITE;
            }
            classes[i][Integer.parseInt(cells.get(PIXELS))] = 1;
        }
        features = Nd4j.create(pixels);
        labels = Nd4j.create(classes);
        order = Permutation.random(lines.size(), new SplittableRandom(splitSeed));
    }

    /**
     * One part of the data.
     *
     * @param part which part
     * @param target what the labels are
     * @return features [n, 64] and labels [n, 64] or [n, 10], fresh arrays
     */
    public DataSet part(Part part, Target target) {
        int[] rows = rows(part);
        INDArray images = Nd4j.pullRows(features, 1, rows);
        return new DataSet(images, target == Target.PIXELS ? images : Nd4j.pullRows(labels, 1, rows));
    }

    /** The rows of the file that make up a part. */
    int[] rows(Part part) {
        return switch (part) {
            case TRAIN -> Arrays.copyOfRange(order, 0, TRAIN);
            case VALIDATION -> Arrays.copyOfRange(order, TRAIN, TRAIN + VALIDATION);
            case TEST -> Arrays.copyOfRange(order, TRAIN + VALIDATION, EXAMPLES);
        };
    }

    private static List<String> lines() {
        try (InputStream resource = OpticalDigits.class.getResourceAsStream(RESOURCE);
                BufferedReader reader = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(requirePresent(resource)), StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the embedded digits " + RESOURCE, e);
        }
    }

    private static InputStream requirePresent(@Nullable InputStream resource) {
        if (resource == null) {
            throw new IllegalStateException(
                    "the class path has no " + RESOURCE + "; build the module integration-tests with its resources");
        }
        return resource;
    }
}
