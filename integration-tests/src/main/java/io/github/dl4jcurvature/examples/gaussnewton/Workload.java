/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.GaussNewtonLoss;
import io.github.dl4jcurvature.gn.GaussNewtonSpan;
import io.github.dl4jcurvature.gn.OrthonormalReadout;
import io.github.dl4jcurvature.gn.ReversibleCouplingLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Recorded runs of the published code on digits: data, initial weights, sequence of examples and losses. */
public final class Workload {
    private static final int BLOCKS = 2;
    private static final int WIDTH = 64;
    private static final int HIDDEN = 1024;
    private static final int CLASSES = 10;
    private static final int HEADER = 128;

    private final Path directory;
    private final INDArray inputs;
    private final INDArray labels;

    /**
     * Opens a workload.
     *
     * @param directory with {@code digits_Xtr.npy} and the rest
     * @throws IllegalArgumentException if it is not there
     */
    public Workload(Path directory) {
        this.directory = directory;
        inputs = read("digits_Xtr");
        labels = read("digits_Ytr");
    }

    private INDArray read(String name) {
        Path file = directory.resolve(name + ".npy");
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("directory %s has no %s; give the directory of the recorded workload"
                    .formatted(directory.toAbsolutePath(), file.getFileName()));
        }
        INDArray array = Nd4j.createFromNpyFile(file.toFile()).castTo(DataType.DOUBLE);
        return isFortranOrder(file)
                ? Nd4j.createFromArray(array.dup('c').data().asDouble()).reshape('f', array.shape())
                : array;
    }

    /** The host reads such files as if their rows lay one after the other. */
    private static boolean isFortranOrder(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            return new String(stream.readNBytes(HEADER), StandardCharsets.ISO_8859_1).contains("'fortran_order': True");
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file.toAbsolutePath(), e);
        }
    }

    /**
     * The network of the published code at its recorded initial weights.
     *
     * @param alpha fraction of a full step
     * @return two blocks, the first with identity activation
     */
    public MultiLayerNetwork network(double alpha) {
        MultiLayerNetwork network = new MultiLayerNetwork(GaussNewtonSpan.prepare(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new GaussNewton(alpha))
                .list()
                .layer(block(Activation.IDENTITY))
                .layer(block(Activation.RELU))
                .layer(new OrthonormalReadout.Builder().nIn(WIDTH).nOut(CLASSES).build())
                .layer(new LossLayer.Builder()
                        .lossFunction(new GaussNewtonLoss(new LossMCXENT()))
                        .activation(Activation.SOFTMAX)
                        .build())
                .build()));
        network.init();
        for (int l = 0; l < BLOCKS; l++) {
            for (String half : List.of("f", "g")) {
                String prefix = "digits_init_b%d_%s_".formatted(l, half);
                network.getLayer(l).getParam("V" + half).assign(read(prefix + "V"));
                network.getLayer(l)
                        .getParam("W" + half)
                        .assign(read(prefix + "W_outxin").transpose());
                INDArray bias = network.getLayer(l).getParam("b" + half);
                bias.assign(read(prefix + "b").reshape(bias.shape()));
            }
        }
        network.getLayer(BLOCKS).getParam("U").assign(read("digits_init_U"));
        return network;
    }

    private static ReversibleCouplingLayer block(Activation activation) {
        return new ReversibleCouplingLayer.Builder()
                .nIn(WIDTH)
                .hiddenSize(HIDDEN)
                .activation(activation)
                .build();
    }

    /**
     * Trains on the first examples as one batch and compares.
     *
     * @param recorded file of the recorded run
     * @param alpha fraction of a full step
     * @param examples how many
     * @return seconds and deviation
     */
    public WorkloadRun fullBatch(String recorded, double alpha, int examples) {
        WorkloadRun run = new WorkloadRun(network(alpha), losses(recorded));
        INDArray x = inputs.get(NDArrayIndex.interval(0, examples), NDArrayIndex.all())
                .dup();
        INDArray y = labels.get(NDArrayIndex.interval(0, examples), NDArrayIndex.all())
                .dup();
        while (!run.isComplete()) {
            run.step(x, y);
        }
        return run;
    }

    /**
     * Trains on mini-batches in the recorded sequence and compares.
     *
     * @param recorded file of the recorded run
     * @param alpha fraction of a full step
     * @param examples in a batch
     * @return seconds and deviation
     */
    public WorkloadRun miniBatches(String recorded, double alpha, int examples) {
        WorkloadRun run = new WorkloadRun(network(alpha), losses(recorded));
        INDArray sequence = Nd4j.createFromNpyFile(
                        directory.resolve("digits_epoch_order.npy").toFile())
                .castTo(DataType.INT64);
        int perEpoch = (int) sequence.size(1) / examples;
        for (int step = 0; !run.isComplete(); step++) {
            int from = step % perEpoch * examples;
            int[] rows = sequence.getRow(step / perEpoch)
                    .get(NDArrayIndex.interval(from, from + examples))
                    .toIntVector();
            run.step(inputs.getRows(rows), labels.getRows(rows));
        }
        return run;
    }

    private double[] losses(String recorded) {
        try {
            return Files.readAllLines(directory.resolve(recorded)).stream()
                    .skip(1)
                    .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[2]))
                    .toArray();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "directory %s has no readable %s; give the directory of the recorded workload"
                            .formatted(directory.toAbsolutePath(), recorded),
                    e);
        }
    }
}
