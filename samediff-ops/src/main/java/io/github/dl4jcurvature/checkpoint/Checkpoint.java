/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A network read from a zip, with its updater, its position in the data and what was attached.
 *
 * <p>It reads every zip of the host's serializer; one without a position stands at {@link TrainingPosition#START}.
 */
public final class Checkpoint {
    static final String CONTENT = "checkpoint";
    static final String VERSION_KEY = "version";
    static final String EPOCH_KEY = "epoch";
    static final String BATCH_KEY = "batch";
    static final String ATTACHED = "attached.";
    static final int VERSION = 1;

    private final Path file;
    private final Model network;
    private final TrainingPosition position;
    private final Map<String, Object> content;

    private Checkpoint(Path file, Model network, TrainingPosition position, Map<String, Object> content) {
        this.file = file;
        this.network = network;
        this.position = position;
        this.content = content;
    }

    /**
     * Reads a zip. Objects in it are read by Java serialization: read files of your own only.
     *
     * @param file written by {@link Checkpoints}, {@code ContinualLearner} or the host's serializer
     * @return the network and the rest; listeners must be added again
     * @throws IOException if the file cannot be opened
     * @throws IllegalArgumentException if the file is damaged, is no network, was written by a later version, or names classes that
     *     are not on the class path
     */
    public static Checkpoint read(Path file) throws IOException {
        ModelZip zip = ModelZip.open(file);
        if (!zip.missingClasses().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s needs the classes %s, which are not on the class path; add the module, in the version that wrote the file"
                            .formatted(file, zip.missingClasses()));
        }
        Map<String, Object> content = content(file);
        TrainingPosition position = content.isEmpty()
                ? TrainingPosition.START
                : new TrainingPosition(number(file, content, EPOCH_KEY), number(file, content, BATCH_KEY));
        return new Checkpoint(file, network(file, zip), position, content);
    }

    private static Map<String, Object> content(Path file) throws IOException {
        if (!ModelSerializer.listObjectsInFile(file.toFile()).contains(CONTENT)) {
            return Map.of();
        }
        Map<String, Object> content;
        try {
            content = ModelSerializer.getObjectFromFile(file.toFile(), CONTENT);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "%s has attached objects that cannot be read (%s); use the versions of the classes that wrote it"
                            .formatted(file, e.getMessage()),
                    e);
        }
        int version = number(file, content, VERSION_KEY);
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "%s is a checkpoint of version %d but this library reads version %d; use the library that wrote it"
                            .formatted(file, version, VERSION));
        }
        return content;
    }

    private static int number(Path file, Map<String, Object> content, String key) {
        if (content.get(key) instanceof Integer value) {
            return value;
        }
        throw new IllegalArgumentException("%s has %s = %s where a whole number must be; use the library that wrote it"
                .formatted(file, key, content.get(key)));
    }

    private static Model network(Path file, ModelZip zip) throws IOException {
        try {
            boolean updater = zip.hasUpdater();
            return zip.isGraph()
                    ? ModelSerializer.restoreComputationGraph(file.toFile(), updater)
                    : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), updater);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "%s is a whole zip but its configuration, parameters and state do not make a network (%s); use the versions that wrote it"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** The network, a MultiLayerNetwork or a ComputationGraph. */
    public Model network() {
        return network;
    }

    /**
     * The network.
     *
     * @throws IllegalStateException if it is a graph
     */
    public MultiLayerNetwork multiLayerNetwork() {
        if (network instanceof MultiLayerNetwork layers) {
            return layers;
        }
        throw new IllegalStateException("%s holds a ComputationGraph; use computationGraph()".formatted(file));
    }

    /**
     * The network.
     *
     * @throws IllegalStateException if it is not a graph
     */
    public ComputationGraph computationGraph() {
        if (network instanceof ComputationGraph graph) {
            return graph;
        }
        throw new IllegalStateException("%s holds a MultiLayerNetwork; use multiLayerNetwork()".formatted(file));
    }

    /** Where to go on. */
    public TrainingPosition position() {
        return position;
    }

    /** The file that was read. */
    public Path file() {
        return file;
    }

    /**
     * An object that was saved with the network, such as a {@code FishLegSurgeon}.
     *
     * @param name as given to {@link Checkpoints#save}
     * @param type its class
     * @return the object
     * @throws IllegalArgumentException if there is none of this name and class
     */
    public <T> T attached(String name, Class<T> type) {
        Object found = content.get(ATTACHED + name);
        if (!type.isInstance(found)) {
            throw new IllegalArgumentException("%s has no %s named '%s' but %s; pass a name that was given to save"
                    .formatted(file, type.getSimpleName(), name, content.keySet()));
        }
        return type.cast(found);
    }
}
