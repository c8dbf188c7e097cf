/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SparseExportTest {

    @Test
    void comesBackBitForBitInFewerBytes(@TempDir Path directory) throws Exception {
        for (MultiLayerNetwork network : new MultiLayerNetwork[] {pruned(), PrunableCases.recurrent(new Adam(0.1))}) {
            Path file = directory.resolve("export.bin");
            SparseExport.write(network, file);
            MultiLayerNetwork other =
                    new MultiLayerNetwork(network.getLayerWiseConfigurations().clone());
            other.init();
            SparseExport.read(file, other);
            assertThatMatrix(other.params().add(0))
                    .isBitEqualTo(network.params().add(0)); // the sign of zeros is lost
            Sparsity sparsity = Sparsity.of(network);
            assertThat(sparsity.denseBytes()).isEqualTo(8 * network.numParams());
            // per parameter: two names with their lengths, 10 bytes, and one more if compressed
            assertThat(Files.size(file) - sparsity.exportedBytes())
                    .isBetween(20L, 20L + 40L * sparsity.layers().size());
        }
        assertThat(Sparsity.of(pruned()).exportedBytes())
                .isLessThan(Sparsity.of(pruned()).denseBytes() / 2);
    }

    @Test
    void theReportCountsEveryZero() {
        MultiLayerNetwork network = pruned();
        INDArray parameters = network.params();
        long zeros = 0;
        for (long i = 0; i < parameters.length(); i++) {
            zeros += parameters.getDouble(i) == 0 ? 1 : 0;
        }
        Sparsity sparsity = Sparsity.of(network);
        assertThat(sparsity.zeros()).isEqualTo(zeros);
        assertThat(sparsity.weights()).isEqualTo(network.numParams());
        assertThat(sparsity.total()).isEqualTo((double) zeros / network.numParams());
        assertThat(sparsity.toString()).contains("layer0", "total", Long.toString(sparsity.exportedBytes()));
    }

    @Test
    void damagedAndForeignFilesAreRefusedAndChangeNothing(@TempDir Path directory) throws Exception {
        MultiLayerNetwork network = pruned();
        INDArray before = network.params().dup();
        Path file = directory.resolve("export.bin");
        SparseExport.write(network, file);
        byte[] bytes = Files.readAllBytes(file);

        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> SparseExport.read(file, network)).hasMessageContaining("checksum does not match");
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> SparseExport.read(file, network)).hasMessageContaining("is damaged");
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> SparseExport.read(file, network)).hasMessageContaining("is not a sparse export");
        bytes[4] = 9;
        Files.write(file, bytes);
        assertThatThrownBy(() -> SparseExport.read(file, network)).hasMessageContaining("has version 9");
        SparseExport.write(PrunableCases.recurrent(new Adam(0.1)), file);
        assertThatThrownBy(() -> SparseExport.read(file, network)).hasMessageContaining("another architecture");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    @Test
    void anExportThatCannotBeWrittenLeavesTheOldOne(@TempDir Path directory) throws Exception {
        MultiLayerNetwork network = pruned();
        Path file = directory.resolve("export.bin");
        SparseExport.write(network, file);
        byte[] old = Files.readAllBytes(file);
        network.getLayer(0).getParam("b").assign(0.2);
        Path inTheWay = directory.resolve("export.bin.incomplete");
        Files.createDirectory(inTheWay);

        assertThatThrownBy(() -> SparseExport.write(network, file)).isInstanceOf(IOException.class);

        assertThat(Files.readAllBytes(file)).isEqualTo(old);
        SparseExport.write(network, file);
        assertThat(Files.readAllBytes(file)).isNotEqualTo(old);
        assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".incomplete"));
    }

    private static MultiLayerNetwork pruned() {
        MultiLayerNetwork network = PrunableCases.dense(new Adam(0.01));
        network.getLayer(0).getParam("b").assign(0.1);
        FishLegSurgeon.prune(
                network,
                PrunableCases.iterator(PrunableCases.data(1)),
                PrunableCases.options(0.9)
                        .importance(Importance.magnitude())
                        .compensation(Compensation.none())
                        .build());
        return network;
    }
}
