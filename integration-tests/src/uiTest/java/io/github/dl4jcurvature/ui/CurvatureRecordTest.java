/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CurvatureRecordTest {
    private static final List<Measurement> MEASUREMENTS = List.of(
            new Measurement(Chart.SPARSITY, "Schicht \u00e4 W", 7, 0.9),
            new Measurement(Chart.AUXILIARY_LOSS, "", Long.MAX_VALUE, Double.NaN),
            new Measurement(Chart.KEPT_RANK, "block 0", 0, Double.NEGATIVE_INFINITY));
    private static final CurvatureRecord RECORD = new CurvatureRecord("session", "worker", 123456789012L, MEASUREMENTS);

    @Test
    void comesBackFromBytesBuffersAndStreams() throws IOException {
        byte[] bytes = RECORD.encode();
        ByteBuffer buffer = ByteBuffer.allocate(RECORD.encodingLengthBytes());
        RECORD.encode(buffer);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        RECORD.encode(stream);
        CurvatureRecord fromBytes = new CurvatureRecord();
        fromBytes.decode(bytes);
        CurvatureRecord fromBuffer = new CurvatureRecord();
        fromBuffer.decode(buffer.flip());
        CurvatureRecord fromStream = new CurvatureRecord();
        fromStream.decode(new ByteArrayInputStream(stream.toByteArray()));

        for (CurvatureRecord each : List.of(fromBytes, fromBuffer, fromStream)) {
            assertSame(each);
        }
    }

    @Test
    void survivesJavaSerialisation() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(RECORD);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertSame((CurvatureRecord) in.readObject());
        }
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = RECORD.encode();
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            CurvatureRecord record = new CurvatureRecord();
            assertThatThrownBy(() -> record.decode(part))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bytes are no complete record");
            assertThat(record.getSessionID()).isEmpty();
        }
    }

    @Test
    void anotherVersionIsRefused() {
        byte[] bytes = RECORD.encode();
        bytes[0] = 2;
        assertThatThrownBy(() -> new CurvatureRecord().decode(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void storagesInMemoryAndOnDiskKeepIt(@TempDir Path directory) throws IOException {
        File file = directory.resolve("storage.dl4j").toFile();
        FileStatsStorage onDisk = new FileStatsStorage(file);
        onDisk.putUpdate(RECORD);
        onDisk.close();
        InMemoryStatsStorage inMemory = new InMemoryStatsStorage();
        inMemory.putUpdate(RECORD);
        FileStatsStorage reopened = new FileStatsStorage(file);
        for (StatsStorage storage : List.of(inMemory, reopened)) {
            assertSame((CurvatureRecord) storage.getLatestUpdate("session", CurvatureRecord.TYPE_ID, "worker"));
            storage.close();
        }
    }

    private static void assertSame(CurvatureRecord record) {
        assertThat(record.getSessionID()).isEqualTo("session");
        assertThat(record.getWorkerID()).isEqualTo("worker");
        assertThat(record.getTimeStamp()).isEqualTo(123456789012L);
        assertThat(record.measurements()).isEqualTo(MEASUREMENTS);
    }
}
