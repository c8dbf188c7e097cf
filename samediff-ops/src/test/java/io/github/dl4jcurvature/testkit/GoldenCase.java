/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.core.JsonPointer;
import org.nd4j.shade.jackson.core.json.JsonReadFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.json.JsonMapper;
import org.opentest4j.TestAbortedException;

/**
 * Reference data of one case: a directory with {@code golden.json} and {@code *.npy} arrays, or a JSON file, perhaps with
 * arrays beside it.
 *
 * <p>Arrays are named by their file without {@code .npy} or, if there is no such file, by the path of a nested list of
 * numbers in the JSON document, as in {@code "runs/laplace/final"}. The placeholder of an absent group skips the running
 * test at the first access to data.
 */
public final class GoldenCase {
    private static final String DOCUMENT = "golden.json";
    private static final String JSON = ".json";
    private static final String NPY = ".npy";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // NaN and Infinity as written by Python
            .build();

    private final String name;
    private final @Nullable Path location;

    private GoldenCase(String name, @Nullable Path location) {
        this.name = name;
        this.location = location;
    }

    static GoldenCase at(Path location) {
        String file = location.getFileName().toString();
        boolean document = !Files.isDirectory(location);
        return new GoldenCase(document ? file.substring(0, file.length() - JSON.length()) : file, location);
    }

    static GoldenCase absent(String reason) {
        return new GoldenCase(reason, null);
    }

    static boolean isCase(Path path) {
        return Files.isDirectory(path) || path.toString().endsWith(JSON);
    }

    /**
     * Name of the case; the reason of its absence for a placeholder.
     *
     * @return name of the directory, or of the JSON file without its ending
     */
    public String name() {
        return name;
    }

    /**
     * Whether there is data.
     *
     * @return false for a placeholder
     */
    public boolean isPresent() {
        return location != null;
    }

    /**
     * Whether an array of that name exists.
     *
     * @param array name of an array
     * @return true if {@link #array} would find it
     */
    public boolean has(String array) {
        return Files.exists(npy(array)) || find(array).map(JsonNode::isArray).orElse(false);
    }

    /**
     * Reads an array.
     *
     * @param array name of the array
     * @return fresh array in {@code DOUBLE}, order 'c'
     * @throws IllegalArgumentException if there is none
     */
    public INDArray array(String array) {
        Path file = npy(array);
        if (Files.exists(file)) {
            return NpyFile.read(file);
        }
        return find(array).map(JsonArrays::toArray).orElseThrow(() -> missing("array", array));
    }

    /**
     * Reads an array of integers, such as indices.
     *
     * @param array name of the array
     * @return entries in row-major sequence
     * @throws IllegalArgumentException if there is none or an entry is no integer
     */
    public long[] longs(String array) {
        double[] entries = Entries.of(array(array)); // exact up to 2^53
        if (!Arrays.stream(entries).allMatch(x -> x == Math.rint(x))) {
            throw new IllegalArgumentException("array '%s' of %s must hold integers".formatted(array, location));
        }
        return Arrays.stream(entries).mapToLong(x -> (long) x).toArray();
    }

    /**
     * Reads a number of the JSON document.
     *
     * @param path path of the field, as in {@code "ggn/vFv"}
     * @return its value
     * @throws IllegalArgumentException if there is no such number
     */
    public double number(String path) {
        return find(path)
                .filter(JsonNode::isNumber)
                .map(JsonNode::doubleValue)
                .orElseThrow(() -> missing("number", path));
    }

    /**
     * Parses the JSON document of the case.
     *
     * @return root of the file itself or of the directory's {@code golden.json}
     */
    public JsonNode json() {
        return parse(document());
    }

    /**
     * Finds any other file of a case that is a directory.
     *
     * @param file name with ending
     * @return its path
     * @throws IllegalArgumentException if there is none
     */
    public Path file(String file) {
        Path path = location().resolve(file);
        if (!Files.exists(path)) {
            throw missing("file", file);
        }
        return path;
    }

    @Override
    public String toString() {
        return name;
    }

    private Path location() {
        if (location == null) {
            throw new TestAbortedException(name);
        }
        return location;
    }

    private Path document() {
        return Files.isDirectory(location()) ? location().resolve(DOCUMENT) : location();
    }

    private Path npy(String array) {
        return Files.isDirectory(location())
                ? location().resolve(array + NPY)
                : location().resolveSibling(array + NPY);
    }

    private Optional<JsonNode> find(String path) {
        if (!Files.exists(document())) {
            return Optional.empty();
        }
        return Optional.of(json().at(JsonPointer.compile("/" + path))).filter(node -> !node.isMissingNode());
    }

    private IllegalArgumentException missing(String kind, String wanted) {
        return new IllegalArgumentException("golden case %s has no %s '%s'".formatted(location, kind, wanted));
    }

    private static JsonNode parse(Path document) {
        try {
            return MAPPER.readTree(document.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + document, e);
        }
    }
}
