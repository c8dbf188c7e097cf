/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.ncl.Ncl;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network w-w-w-10, FLOAT, batches of 100: state and processor time of a step of Adam, FishLeg and Ncl by its width. */
public final class WidthPoints {
    private static final List<Integer> WIDTHS = List.of(128, 256, 512, 1024);
    private static final String WIDTH = "width";
    private static final int TARGET = 4096;
    private static final int CLASSES = 10;
    private static final int BATCH = 100;
    private static final int TASK = 500;
    private static final int WARM_UP = 20;
    private static final int REPETITIONS = 7;
    private static final int CONSOLIDATIONS = 3;
    private static final int PERIOD = 10; // steps from one auxiliary update to the next

    private WidthPoints() {}

    /**
     * Measures.
     *
     * @param figures receives states and milliseconds
     * @param extrapolation receives seconds for a width of 4096
     * @return the same, and how many workers of an averaging round a link feeds
     */
    public static String measure(Figures figures, Extrapolation extrapolation) {
        NavigableMap<Integer, Double> host = new TreeMap<>();
        NavigableMap<Integer, Double> fishLegExtra = new TreeMap<>();
        NavigableMap<Integer, Double> nclExtra = new TreeMap<>();
        NavigableMap<Integer, Double> ends = new TreeMap<>();
        AveragingPoints averaging = new AveragingPoints(figures);
        TextTable table = new TextTable(
                "width",
                "parameters",
                "Adam state",
                "FishLeg state",
                "Ncl state",
                "Adam ms",
                "FishLeg ms",
                "Ncl ms",
                "end of task s");
        for (int width : WIDTHS) {
            DataSet batch = data(BATCH, width);
            MultiLayerNetwork adam = network(width, new Adam(1e-3));
            MultiLayerNetwork fishLeg =
                    network(width, FishLeg.builder().updateEvery(PERIOD).build());
            MultiLayerNetwork ncl = network(
                    width,
                    Ncl.builder()
                            .learningRate(1e-3)
                            .dataSize(TASK)
                            .fisherLabels(FisherLabels.SAMPLED)
                            .build());
            double adamSeconds = perStep(adam, batch);
            double fishLegSeconds = perStep(fishLeg, batch);
            DataSet task = data(TASK, width);
            ncl.fit(batch);
            double endOfTask = ProcessorTime.medianOfAllThreads(1, CONSOLIDATIONS, () -> {
                Ncl.endTask(ncl, new SingletonDataSetIterator(task));
                ncl.fit(batch); // inverts the factors
            });
            double nclSeconds = perStep(ncl, batch);
            table.row(
                    Integer.toString(width),
                    Long.toString(adam.numParams()),
                    Long.toString(state(adam)),
                    Long.toString(state(fishLeg)),
                    Long.toString(state(ncl)),
                    "%.2f".formatted(1e3 * adamSeconds),
                    "%.2f".formatted(1e3 * fishLegSeconds),
                    "%.2f".formatted(1e3 * nclSeconds),
                    "%.2f".formatted(endOfTask));
            figures.put("parameters.%d".formatted(width), adam.numParams())
                    .put("state.fishleg.%d".formatted(width), state(fishLeg))
                    .put("state.ncl.%d".formatted(width), state(ncl))
                    .put("ms.adam.%d".formatted(width), 1e3 * adamSeconds)
                    .put("ms.fishleg.%d".formatted(width), 1e3 * fishLegSeconds)
                    .put("ms.ncl.%d".formatted(width), 1e3 * nclSeconds)
                    .put("seconds.endtask.%d".formatted(width), endOfTask);
            host.put(width, adamSeconds);
            fishLegExtra.put(width, fishLegSeconds - adamSeconds);
            nclExtra.put(width, nclSeconds - adamSeconds);
            ends.put(width, endOfTask);
            averaging.add(width, "adam", adam.numParams(), state(adam), adamSeconds);
            averaging.add(width, "fishleg", fishLeg.numParams(), state(fishLeg), fishLegSeconds);
        }
        extrapolation.add("Adam step", WIDTH, 2, host, TARGET);
        extrapolation.add("FishLeg step, beyond Adam", WIDTH, 3, fishLegExtra, TARGET);
        extrapolation.add("Ncl step, beyond Adam", WIDTH, 3, nclExtra, TARGET);
        extrapolation.add("Ncl end of task", WIDTH, 3, ends, TARGET);
        return "%s%n%n%s".formatted(table, averaging);
    }

    /** Mean over a period, so that auxiliary updates have their share. */
    private static double perStep(MultiLayerNetwork network, DataSet batch) {
        return ProcessorTime.median(WARM_UP / PERIOD, REPETITIONS, () -> {
                    for (int i = 0; i < PERIOD; i++) {
                        network.fit(batch);
                    }
                })
                / PERIOD;
    }

    private static long state(MultiLayerNetwork network) {
        return network.getUpdater().getStateViewArray().length();
    }

    private static MultiLayerNetwork network(int width, IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .activation(Activation.RELU)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(width).nOut(width).build())
                .layer(new DenseLayer.Builder().nIn(width).nOut(width).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(width)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        if (!(updater instanceof Adam)) {
            network.addListeners(new CurvatureListener());
        }
        network.fit(data(BATCH, width)); // the state exists
        return network;
    }

    private static DataSet data(int examples, int width) {
        SplittableRandom random = new SplittableRandom(examples);
        float[] x = new float[examples * width];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, CLASSES);
        for (int n = 0; n < examples; n++) {
            labels.putScalar(n, random.nextInt(CLASSES), 1);
        }
        return new DataSet(Nd4j.create(x, new long[] {examples, width}, DataType.FLOAT), labels);
    }
}
