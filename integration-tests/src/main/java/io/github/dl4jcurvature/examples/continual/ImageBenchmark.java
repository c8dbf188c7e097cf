/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.data.Mnist;
import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Permutation;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.ncl.KroneckerSum;
import io.github.dl4jcurvature.ncl.TaskData;
import io.github.dl4jcurvature.ncl.TaskMetric;
import io.github.dl4jcurvature.ncl.TaskStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Handwritten digits with two hidden layers of 100 rectifiers.
 *
 * @param name name in tables
 * @param kind how tasks are made
 * @param train images to learn from
 * @param validation images to choose settings by
 * @param test images for the figures that are reported
 * @param side rows and columns of an image
 * @param budget how much is trained and tried
 */
public record ImageBenchmark(
        String name, Kind kind, DataSet train, DataSet validation, DataSet test, int side, Budget budget)
        implements ContinualBenchmark {
    private static final int HIDDEN = 100;
    private static final int[][] PAIRS = {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}};
    private static final double[] ANGLES = {0, 36, 72, 108, 144};
    private static final int PERMUTATIONS = 5;
    private static final int MNIST_TRAIN = 8000;
    private static final int MNIST_VALIDATION = 1000;

    /** How tasks are made of the images. */
    public enum Kind {
        /** Five pairs of digits, a head for each. */
        SPLIT_TASK,
        /** Five pairs of digits, first or second of the pair. */
        SPLIT_DOMAIN,
        /** Five pairs of digits, any of the ten; the network is not told the pair. */
        SPLIT_CLASS,
        /** All digits, rotated by another angle in each of five tasks. */
        ROTATED,
        /** All digits, with permuted pixels in each of five tasks but the first. */
        PERMUTED;

        /** Who is compared: with classes that come one after another also a learner that keeps examples. */
        public List<ContinualMethod> learners() {
            return this == SPLIT_CLASS
                    ? Stream.concat(ContinualMethod.WITHOUT_DATA.stream(), Stream.of(ContinualMethod.REPLAY))
                            .toList()
                    : ContinualMethod.WITHOUT_DATA;
        }

        /** Name in figures. */
        public String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '.');
        }
    }

    /**
     * Iterations for each task and rates that are tried; the same for all learners.
     */
    public enum Budget {
        /** 400 iterations, three rates. */
        FULL(400, List.of(0.02, 0.05, 0.1), List.of(5e-4, 1e-3, 2e-3)),
        /** 200 iterations, two rates. */
        SHORT(200, List.of(0.05, 0.1), List.of(5e-4, 2e-3));

        private final int iterations;

        @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
        private final List<Double> rates;

        @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
        private final List<Double> adaptiveRates;

        Budget(int iterations, List<Double> rates, List<Double> adaptiveRates) {
            this.iterations = iterations;
            this.rates = rates;
            this.adaptiveRates = adaptiveRates;
        }
    }

    /** The embedded digits of 8 x 8 pixels: 1000 to learn, 297 to choose, 500 to report. */
    public static ImageBenchmark digits(Kind kind, Budget budget) {
        OpticalDigits digits = new OpticalDigits(OpticalDigitsIterator.SPLIT_SEED);
        return new ImageBenchmark(
                "digits " + kind,
                kind,
                digits.part(Part.TRAIN, Target.CLASS),
                digits.part(Part.VALIDATION, Target.CLASS),
                digits.part(Part.TEST, Target.CLASS),
                8,
                budget);
    }

    /**
     * The 10 000 images of the MNIST test files: 8000 to learn, 1000 to choose, 1000 to report.
     *
     * @param directory where the files lie
     */
    public static ImageBenchmark mnist(Kind kind, Budget budget, Path directory) {
        INDArray images = Mnist.images(directory);
        int[] classes = Mnist.labels(directory);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, classes.length, 10);
        for (int n = 0; n < classes.length; n++) {
            labels.putScalar(n, classes[n], 1);
        }
        int[] order = Permutation.random(classes.length, new SplittableRandom(3));
        int end = MNIST_TRAIN + MNIST_VALIDATION;
        return new ImageBenchmark(
                "MNIST " + kind,
                kind,
                rows(images, labels, order, 0, MNIST_TRAIN),
                rows(images, labels, order, MNIST_TRAIN, end),
                rows(images, labels, order, end, order.length),
                28,
                budget);
    }

    private static DataSet rows(INDArray images, INDArray labels, int[] order, int from, int to) {
        int[] rows = java.util.Arrays.copyOfRange(order, from, to);
        return new DataSet(Nd4j.pullRows(images, 1, rows), Nd4j.pullRows(labels, 1, rows));
    }

    @Override
    public TaskStream stream(boolean forSelection, long seed) {
        DataSet judged = forSelection ? validation : test;
        return switch (kind) {
            case SPLIT_TASK -> TaskStream.taskIncremental(iterator(train), iterator(judged), PAIRS);
            case SPLIT_DOMAIN -> TaskStream.domainIncremental(iterator(train), iterator(judged), PAIRS);
            case SPLIT_CLASS -> TaskStream.classIncremental(iterator(train), iterator(judged), PAIRS);
            case ROTATED -> TaskStream.rotated(TaskData.of(train), TaskData.of(judged), ANGLES, side, side);
            case PERMUTED -> TaskStream.permuted(TaskData.of(train), TaskData.of(judged), PERMUTATIONS, seed);
        };
    }

    private static ViewIterator iterator(DataSet data) {
        return new ViewIterator(data, data.numExamples());
    }

    @Override
    public Model network(IUpdater updater, long seed) {
        synchronized (ImageBenchmark.class) { // the host's generator of initial weights is global
            return kind == Kind.SPLIT_TASK ? heads(updater, seed) : layers(updater, seed);
        }
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater, long seed) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .updater(updater);
    }

    private DenseLayer hidden(int inputs) {
        return new DenseLayer.Builder().nIn(inputs).nOut(HIDDEN).build();
    }

    private static OutputLayer output(int classes) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nIn(HIDDEN)
                .nOut(classes)
                .build();
    }

    private Model layers(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(updater, seed)
                .list()
                .layer(hidden(side * side))
                .layer(hidden(HIDDEN))
                .layer(output(kind == Kind.SPLIT_DOMAIN ? 2 : 10))
                .build());
        network.init();
        return network;
    }

    private Model heads(IUpdater updater, long seed) {
        ComputationGraphConfiguration.GraphBuilder graph = builder(updater, seed)
                .graphBuilder()
                .addInputs("image")
                .addLayer("first", hidden(side * side), "image")
                .addLayer("second", hidden(HIDDEN), "first");
        String[] names =
                IntStream.range(0, PAIRS.length).mapToObj(task -> "head" + task).toArray(String[]::new);
        for (String head : names) {
            graph.addLayer(head, output(2), "second");
        }
        ComputationGraph network = new ComputationGraph(graph.setOutputs(names).build());
        network.init();
        return network;
    }

    @Override
    public TaskMetric metric() {
        return TaskMetric.accuracy();
    }

    @Override
    public int batchSize() {
        return 64;
    }

    @Override
    public int iterationsPerTask() {
        return budget.iterations;
    }

    @Override
    public KroneckerSum kroneckerSum() {
        return KroneckerSum.ADDITIVE;
    }

    @Override
    public int fisherExamples() {
        return 1000;
    }

    @Override
    public List<Double> rates() {
        return budget.rates;
    }

    @Override
    public List<Double> adaptiveRates() {
        return budget.adaptiveRates;
    }
}
