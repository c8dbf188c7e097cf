/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.checkpoint;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of checkpoints of one training. A process that is killed at any moment leaves a directory from which
 * {@link #newest} restores the newest complete one.
 *
 * <pre>{@code
 * Checkpoints checkpoints = Checkpoints.in(Path.of("run")).keepLast(3);
 * checkpoints.save(network, new TrainingPosition(epoch, batch), Map.of());
 * Optional<Checkpoint> newest = checkpoints.newest();
 * }</pre>
 *
 * <p>Save between calls of {@code fit}, not in a listener: when the host calls {@code iterationDone} it has neither counted the
 * iteration nor applied constraints. One process at a time may use a directory.
 */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{9,18})\\.zip");
    private static final int KEPT = 3;

    private final Path directory;
    private final int kept;

    private Checkpoints(Path directory, int kept) {
        this.directory = directory;
        this.kept = kept;
    }

    /**
     * Uses a directory, which is created if it does not exist. The last {@value #KEPT} checkpoints are kept.
     *
     * @param directory where checkpoints lie
     * @return the checkpoints of the directory
     * @throws IOException if it cannot be created
     */
    public static Checkpoints in(Path directory) throws IOException {
        return new Checkpoints(Files.createDirectories(directory), KEPT);
    }

    /**
     * The same, with another number of files kept.
     *
     * @param count at least 1; with 2 or more, a file that the disk has damaged costs one interval only
     * @return a copy
     * @throws IllegalArgumentException if the count is less than 1
     */
    public Checkpoints keepLast(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1 but is %d; use 2 or more".formatted(count));
        }
        return new Checkpoints(directory, count);
    }

    /**
     * Saves network, updater, position and further objects, then deletes all but the last files.
     *
     * @param network a MultiLayerNetwork or ComputationGraph between two calls of {@code fit}
     * @param position where the training stands
     * @param attached what else a continued training needs, by name
     * @return the file
     * @throws IOException if it cannot be written; earlier checkpoints are unchanged
     */
    public Path save(Model network, TrainingPosition position, Map<String, ? extends Serializable> attached)
            throws IOException {
        HashMap<String, Object> content = new HashMap<>();
        content.put(Checkpoint.VERSION_KEY, Checkpoint.VERSION);
        content.put(Checkpoint.EPOCH_KEY, position.epoch());
        content.put(Checkpoint.BATCH_KEY, position.batch());
        attached.forEach((name, value) -> content.put(Checkpoint.ATTACHED + name, value));
        return write(file -> {
            ModelSerializer.writeModel(network, file.toFile(), true);
            ModelSerializer.addObjectToFile(file.toFile(), Checkpoint.CONTENT, content);
        });
    }

    /**
     * Saves what writes itself, such as a {@code ContinualLearner}, then deletes all but the last files.
     *
     * @param writer gets the path of the file to write
     * @return the file
     * @throws IOException if it cannot be written; earlier checkpoints are unchanged
     */
    public Path write(AtomicFile.Writer writer) throws IOException {
        List<Path> earlier = files();
        long number = earlier.isEmpty() ? 0 : number(earlier.get(0)) + 1;
        Path file = directory.resolve("checkpoint-%09d.zip".formatted(number));
        AtomicFile.write(file, writer);
        for (Path old : earlier.subList(Math.min(kept - 1, earlier.size()), earlier.size())) {
            Files.deleteIfExists(old);
        }
        return file;
    }

    /**
     * The newest file that is a whole zip of a network; damaged ones are skipped with a warning.
     *
     * @return the path, or nothing if there is none
     * @throws IOException if the directory cannot be read
     */
    public Optional<Path> newestComplete() throws IOException {
        for (Path file : files()) {
            try {
                ModelZip.open(file);
                return Optional.of(file);
            } catch (IllegalArgumentException e) {
                LOG.warn("skipped: {}", e.getMessage());
            }
        }
        return Optional.empty();
    }

    /**
     * Reads the newest complete checkpoint.
     *
     * @return the checkpoint, or nothing if there is none
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException as {@link Checkpoint#read}
     */
    public Optional<Checkpoint> newest() throws IOException {
        Optional<Path> file = newestComplete();
        return file.isEmpty() ? Optional.empty() : Optional.of(Checkpoint.read(file.get()));
    }

    /** Newest first. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            all.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
                    .forEach(files::add);
        }
        files.sort(Comparator.comparingLong(Checkpoints::number).reversed());
        return files;
    }

    private static long number(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }
}
