/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.failure;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import io.github.dl4jcurvature.checkpoint.AtomicFile;
import io.github.dl4jcurvature.checkpoint.Checkpoint;
import io.github.dl4jcurvature.checkpoint.Checkpoints;
import io.github.dl4jcurvature.checkpoint.TrainingPosition;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.ncl.ContinualLearner;
import io.github.dl4jcurvature.ncl.Task;
import io.github.dl4jcurvature.ncl.TaskData;
import io.github.dl4jcurvature.ncl.TaskMetric;
import io.github.dl4jcurvature.ncl.TaskStream;
import io.github.dl4jcurvature.pruning.SparseExport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files that are cut off, damaged or of another kind. */
class DamagedFilesTest {
    private static final int PARTS = 10;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(KilledMethod.class)
    void aCutOffCheckpointIsRefusedAndSkipped(KilledMethod method) throws IOException {
        MultiLayerNetwork network = trained(method);
        Checkpoints checkpoints = Checkpoints.in(directory);
        Path whole = checkpoints.save(network, new TrainingPosition(0, 1), Map.of());
        Path newer = checkpoints.save(network, new TrainingPosition(0, 2), Map.of());
        assertCutOffFilesAreSkipped(checkpoints, newer, whole);
        assertThat(checkpoints.newest().orElseThrow().position()).isEqualTo(new TrainingPosition(0, 1));
    }

    private static void assertCutOffFilesAreSkipped(Checkpoints checkpoints, Path newer, Path whole)
            throws IOException {
        byte[] bytes = Files.readAllBytes(newer);
        for (int part = 0; part < PARTS; part++) {
            Files.write(newer, Arrays.copyOf(bytes, bytes.length * part / PARTS));

            assertThatThrownBy(() -> Checkpoint.read(newer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("%s with %d bytes is not a whole zip", newer, Files.size(newer))
                    .hasMessageContaining("use an earlier checkpoint");
            assertThat(checkpoints.newestComplete()).contains(whole);
        }
    }

    @Test
    void oneWrongByteOfTheParametersIsFound() throws IOException {
        Path file = Checkpoints.in(directory).save(trained(KilledMethod.FISHLEG), TrainingPosition.START, Map.of());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a whole zip");
    }

    @ParameterizedTest
    @EnumSource(
            value = KilledMethod.class,
            names = {"FISHLEG", "NCL", "GPLVM"})
    void aGraphComesBackAndIsRefusedWhenItIsCutOff(KilledMethod method) throws IOException {
        ComputationGraph graph = trained(method).toComputationGraph();
        graph.addListeners(new CurvatureListener());
        graph.fit(method.batch(1));
        Checkpoints checkpoints = Checkpoints.in(directory);
        Path whole = checkpoints.save(graph, new TrainingPosition(0, 1), Map.of());
        Path newer = checkpoints.save(graph, new TrainingPosition(0, 2), Map.of());
        assertCutOffFilesAreSkipped(checkpoints, newer, whole);
        Checkpoint read = Checkpoint.read(whole);
        assertThat(read.computationGraph().params()).isEqualTo(graph.params());
        assertThat(read.computationGraph().getUpdater().getUpdaterStateViewArray())
                .isEqualTo(graph.getUpdater().getUpdaterStateViewArray());
        assertThatThrownBy(read::multiLayerNetwork)
                .hasMessageContaining("holds a ComputationGraph; use computationGraph()");
    }

    /** Entries that are whole by themselves, each put into a zip of another network. */
    @ParameterizedTest
    @CsvSource({
        "coefficients.bin, FISHLEG, GAUSS_NEWTON",
        "coefficients.bin, GPLVM, NCL",
        "updaterState.bin, FISHLEG, GPLVM",
        "updaterState.bin, NCL, FISHLEG",
        "updaterState.bin, GPLVM, NCL",
        "configuration.json, FISHLEG, GPLVM",
    })
    void partsOfAnotherNetworkAreRefused(String entry, KilledMethod method, KilledMethod other) throws IOException {
        for (boolean graph : new boolean[] {false, true}) {
            Path file = saved(method, graph, "own.zip");
            copy(entry, saved(other, graph, "other.zip"), file);

            assertThatThrownBy(() -> Checkpoint.read(file))
                    .as("graph %s", graph)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "own.zip is a whole zip but its configuration, parameters and state do not make a network");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherUpdaterInTheConfigurationIsRefused(boolean graph) throws IOException {
        Path file = saved(KilledMethod.FISHLEG, graph, "adam.zip");
        copy("configuration.json", saved(withAdam(), graph, "plain.zip"), file);

        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "adam.zip is a whole zip but its configuration, parameters and state do not make");
    }

    @Test
    void randomBytesAreNoNetwork() throws IOException {
        Path file = directory.resolve("random.zip");
        byte[] bytes = new byte[10_000];
        new Random(1).nextBytes(bytes);
        Files.write(file, bytes);

        assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageContaining("random.zip with 10000 bytes is not");
        assertThatThrownBy(() -> ContinualLearner.resume(file.toFile(), stream(), TaskMetric.accuracy()))
                .hasMessageContaining("random.zip with 10000 bytes is not");
        assertThatThrownBy(() -> Checkpoint.read(directory.resolve("none.zip")))
                .hasMessageContaining("none.zip is not a file; pass the path of a saved network");
    }

    @Test
    void aZipOfSomethingElseIsRefusedWithItsContent() throws IOException {
        Path file = directory.resolve("other.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
            zip.write(1);
        }

        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without configuration.json but with [readme.txt]; pass a file written by");
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
        Path file = directory.resolve("later.zip");
        ModelSerializer.writeModel(trained(KilledMethod.FISHLEG), file.toFile(), true);
        ModelSerializer.addObjectToFile(
                file.toFile(), "checkpoint", new HashMap<>(Map.of("version", 2, "epoch", 0, "batch", 0)));

        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2 but this library reads version 1; use the library that wrote it");
    }

    @Test
    void aClassThatIsMissingIsNamed() throws IOException {
        Path file = directory.resolve("foreign.zip");
        ModelSerializer.writeModel(trained(KilledMethod.FISHLEG), file.toFile(), true);
        replace(file, "io.github.dl4jcurvature.fishleg.FishLeg", "org.example.Unknown");

        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs the classes [org.example.Unknown], which are not on the class path");
    }

    @Test
    void aZipOfTheHostStandsAtTheStart() throws IOException {
        MultiLayerNetwork network = trained(KilledMethod.FISHLEG);
        Path file = directory.resolve("host.zip");
        ModelSerializer.writeModel(network, file.toFile(), true);

        Checkpoint read = Checkpoint.read(file);

        assertThat(read.position()).isEqualTo(TrainingPosition.START);
        assertThat(read.multiLayerNetwork().params()).isEqualTo(network.params());
        assertThatThrownBy(read::computationGraph)
                .hasMessageContaining("holds a MultiLayerNetwork; use multiLayerNetwork()");
        assertThatThrownBy(() -> read.attached("surgeon", String.class))
                .hasMessageContaining("has no String named 'surgeon' but []");
        assertThatThrownBy(() -> ContinualLearner.resume(file.toFile(), stream(), TaskMetric.accuracy()))
                .hasMessageContaining("has no progress of a learner");
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = directory.resolve("file");
        Files.writeString(file, "old");

        assertThatThrownBy(() -> AtomicFile.write(file, temporary -> {
                    Files.writeString(temporary, "half");
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");

        assertThat(file).hasContent("old");
        assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".incomplete"));
    }

    @Test
    void theLastFilesAreKept() throws IOException {
        Checkpoints checkpoints = Checkpoints.in(directory).keepLast(2);
        for (int i = 0; i < 5; i++) {
            checkpoints.write(file -> Files.writeString(file, "content"));
        }

        assertThat(directory.toFile().list())
                .containsExactlyInAnyOrder("checkpoint-000000003.zip", "checkpoint-000000004.zip");
        assertThat(checkpoints.newest()).isEmpty();
        assertThatThrownBy(() -> checkpoints.keepLast(0)).hasMessageContaining("count must be at least 1 but is 0");
        assertThatThrownBy(() -> new TrainingPosition(0, -1))
                .hasMessageContaining("batch must not be negative but is -1");
    }

    @Test
    void aCutOffExportLeavesTheNetworkAsItWas() throws IOException {
        MultiLayerNetwork network = trained(KilledMethod.FISHLEG);
        Path file = directory.resolve("export");
        SparseExport.write(network, file);
        byte[] bytes = Files.readAllBytes(file);
        MultiLayerNetwork other = KilledMethod.FISHLEG.network();
        INDArray before = other.params().dup();
        for (int part = 0; part < PARTS; part++) {
            Files.write(file, Arrays.copyOf(bytes, bytes.length * part / PARTS));

            assertThatThrownBy(() -> SparseExport.read(file, other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.toString());
            assertThat(other.params()).isEqualTo(before);
        }
    }

    private static MultiLayerNetwork trained(KilledMethod method) {
        MultiLayerNetwork network = method.network();
        network.setListeners(method.listeners());
        if (method == KilledMethod.NCL) {
            network.addListeners(new CurvatureListener());
        }
        network.fit(method.batch(0));
        return network;
    }

    private MultiLayerNetwork withAdam() {
        MultiLayerNetwork network = new TransferLearning.Builder(KilledMethod.FISHLEG.network())
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Adam(0.01))
                        .build())
                .build();
        network.fit(KilledMethod.FISHLEG.batch(0));
        return network;
    }

    private Path saved(KilledMethod method, boolean graph, String name) throws IOException {
        return saved(trained(method), graph, name);
    }

    private Path saved(MultiLayerNetwork network, boolean graph, String name) throws IOException {
        Path file = directory.resolve(name);
        ModelSerializer.writeModel(graph ? network.toComputationGraph() : network, file.toFile(), true);
        return file;
    }

    private static void copy(String entry, Path from, Path to) throws IOException {
        try (FileSystem source = FileSystems.newFileSystem(from);
                FileSystem target = FileSystems.newFileSystem(to)) {
            Files.copy(source.getPath(entry), target.getPath(entry), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static TaskStream stream() {
        TaskData data = TaskData.of(KilledMethod.NCL.batch(0));
        return new TaskStream(TaskStream.Scenario.DOMAIN_INCREMENTAL, List.of(new Task("only", data, data)));
    }

    private static void replace(Path file, String found, String replacement) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(file)) {
            Path configuration = zip.getPath("configuration.json");
            Files.writeString(configuration, Files.readString(configuration).replace(found, replacement));
        }
    }
}
