/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;

/** A zip of the host's serializer as a file: whether it is whole, and what its configuration names. */
final class ModelZip {
    private static final String UPDATER = "updaterState.bin";
    private static final Pattern CLASS = Pattern.compile("\"@class\"\\s*:\\s*\"([^\"]+)\"");

    private final Path file;
    private final String configuration;

    private ModelZip(Path file, String configuration) {
        this.file = file;
        this.configuration = configuration;
    }

    /**
     * Reads every entry once.
     *
     * @throws IOException if the file cannot be opened
     * @throws IllegalArgumentException if it is not a whole zip of a network
     */
    static ModelZip open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("%s is not a file; pass the path of a saved network".formatted(file));
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            requireNetwork(file, zip);
            for (ZipEntry entry : Collections.list(zip.entries())) {
                requireIntact(file, zip, entry);
            }
            InputStream json = zip.getInputStream(zip.getEntry(ModelSerializer.CONFIGURATION_JSON));
            return new ModelZip(file, new String(json.readAllBytes(), StandardCharsets.UTF_8));
        } catch (ZipException e) {
            throw damaged(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static void requireNetwork(Path file, ZipFile zip) {
        List<String> names = zip.stream().map(ZipEntry::getName).toList();
        for (String needed : List.of(ModelSerializer.CONFIGURATION_JSON, ModelSerializer.COEFFICIENTS_BIN)) {
            if (!names.contains(needed)) {
                throw new IllegalArgumentException(
                        "%s is a zip without %s but with %s; pass a file written by Checkpoints, ContinualLearner or ModelSerializer"
                                .formatted(file, needed, names));
            }
        }
    }

    private static void requireIntact(Path file, ZipFile zip, ZipEntry entry) throws IOException {
        CRC32 checksum = new CRC32();
        try (InputStream content = new CheckedInputStream(zip.getInputStream(entry), checksum)) {
            content.transferTo(OutputStream.nullOutputStream());
        } catch (ZipException | EOFException e) {
            throw damaged(file, "entry " + entry.getName() + ": " + e.getMessage(), e);
        }
        if (checksum.getValue() != entry.getCrc()) {
            throw damaged(file, "entry " + entry.getName() + " has another checksum than recorded", null);
        }
    }

    private static IllegalArgumentException damaged(Path file, String found, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "%s with %d bytes is not a whole zip (%s); use an earlier checkpoint, Checkpoints.newest() finds it"
                        .formatted(file, file.toFile().length(), found),
                cause);
    }

    boolean isGraph() {
        return configuration.contains("\"networkOutputs\"");
    }

    boolean hasUpdater() throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.getEntry(UPDATER) != null;
        }
    }

    /** Classes of the configuration that the class path does not have. */
    List<String> missingClasses() {
        return CLASS.matcher(configuration)
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .filter(name -> !isPresent(name))
                .toList();
    }

    private static boolean isPresent(String name) {
        try {
            Class.forName(name, false, ModelZip.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
