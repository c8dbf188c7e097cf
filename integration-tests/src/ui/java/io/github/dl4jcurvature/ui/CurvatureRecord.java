/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.deeplearning4j.core.storage.Persistable;

/**
 * Measurements of one moment of a training, as a record of the host's {@code StatsStorage}.
 *
 * <p>Encoding, version 1, big-endian: version (byte); session and worker (modified UTF-8); time (long); number of measurements (int);
 * for each the name of the chart and of the series (modified UTF-8), x (long) and y (double). Measurements of charts that this version does not
 * know are left out when decoding.
 */
public final class CurvatureRecord implements Persistable {
    /** Type of these records in a storage. */
    public static final String TYPE_ID = "CurvatureRecord";

    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;

    private String session = "";
    private String worker = "";
    private long time;
    private transient List<Measurement> measurements = List.of();

    /** An empty record to {@link #decode} into; storages need this. */
    public CurvatureRecord() {}

    /**
     * A record.
     *
     * @param session identifies the training
     * @param worker identifies who reports; storages hold one record for each session, worker and time
     * @param time milliseconds since 1970
     * @param measurements what was measured
     */
    public CurvatureRecord(String session, String worker, long time, List<Measurement> measurements) {
        this.session = session;
        this.worker = worker;
        this.time = time;
        this.measurements = List.copyOf(measurements);
    }

    /**
     * What was measured.
     *
     * @return immutable
     */
    public List<Measurement> measurements() {
        return measurements;
    }

    @Override
    public String getSessionID() {
        return session;
    }

    @Override
    public String getTypeID() {
        return TYPE_ID;
    }

    @Override
    public String getWorkerID() {
        return worker;
    }

    @Override
    public long getTimeStamp() {
        return time;
    }

    @Override
    public int encodingLengthBytes() {
        return encode().length;
    }

    @Override
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(session);
            out.writeUTF(worker);
            out.writeLong(time);
            out.writeInt(measurements.size());
            for (Measurement each : measurements) {
                out.writeUTF(each.chart().name());
                out.writeUTF(each.series());
                out.writeLong(each.x());
                out.writeDouble(each.y());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode a record of session " + session, e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void encode(ByteBuffer buffer) {
        buffer.put(encode());
    }

    @Override
    public void encode(OutputStream stream) throws IOException {
        stream.write(encode());
    }

    /**
     * Becomes the record that was encoded.
     *
     * @throws IllegalArgumentException if the bytes are no complete record of version 1; this record is unchanged then
     */
    @Override
    public void decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "the record has version %d but this is version %d; read it with the version of dl4j-curvature that wrote it"
                                .formatted(version, VERSION));
            }
            String readSession = in.readUTF();
            String readWorker = in.readUTF();
            long readTime = in.readLong();
            List<Measurement> read = readMeasurements(in);
            session = readSession;
            worker = readWorker;
            time = readTime;
            measurements = List.copyOf(read);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%d bytes are no complete record; the storage is damaged".formatted(bytes.length), e);
        }
    }

    private static List<Measurement> readMeasurements(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<Measurement> read = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            String series = in.readUTF();
            long x = in.readLong();
            double y = in.readDouble();
            for (Chart chart : Chart.values()) {
                if (chart.name().equals(name)) {
                    read.add(new Measurement(chart, series, x, y));
                }
            }
        }
        return read;
    }

    @Override
    public void decode(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        decode(bytes);
    }

    @Override
    public void decode(InputStream stream) throws IOException {
        decode(stream.readAllBytes());
    }

    private void writeObject(java.io.ObjectOutputStream out) throws IOException {
        byte[] bytes = encode();
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private void readObject(java.io.ObjectInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        decode(bytes);
    }
}
