/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import ch.qos.logback.classic.Level;
import io.github.dl4jcurvature.linalg.QrDecomposition;
import io.github.dl4jcurvature.testkit.CapturedLog;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Streams of tasks with real networks: learning, remembering, interruptions. */
class ContinualLearnerTest {
    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(ContinualLearner.class);

    private static final int DIMENSION = 20;
    private static final int CLASSES = 4;

    /** Gaussian blobs in a new random rotation for every task. */
    private static TaskStream rotatedBlobs(int tasks, int train, int test) {
        SplittableRandom random = new SplittableRandom(0);
        INDArray means = RandomMatrices.gaussian(CLASSES, DIMENSION, 1);
        means.muliColumnVector(means.norm2(1).rdivi(3).reshape(CLASSES, 1));
        List<Task> list = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            INDArray rotation = QrDecomposition.of(RandomMatrices.gaussian(DIMENSION, DIMENSION, 100 + task))
                    .q();
            list.add(new Task(
                    "rotation " + task,
                    TaskData.of(blobs(means, rotation, train, random)),
                    TaskData.of(blobs(means, rotation, test, random))));
        }
        return new TaskStream(TaskStream.Scenario.DOMAIN_INCREMENTAL, list);
    }

    private static DataSet blobs(INDArray means, INDArray rotation, int count, SplittableRandom random) {
        INDArray x = RandomMatrices.gaussian(count, DIMENSION, random.nextLong());
        INDArray y = Nd4j.zeros(DataType.DOUBLE, count, CLASSES);
        for (int n = 0; n < count; n++) {
            int label = random.nextInt(CLASSES);
            x.getRow(n).addi(means.getRow(label));
            y.putScalar(n, label, 1);
        }
        return new DataSet(x.mmul(rotation).castTo(DataType.FLOAT), y.castTo(DataType.FLOAT));
    }

    private static MultiLayerNetwork classifier(IUpdater updater, long seed, int hidden) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(DIMENSION).nOut(hidden).build())
                .layer(new DenseLayer.Builder().nIn(hidden).nOut(hidden).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(hidden)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static double average(NclBuilder updater) {
        double sum = 0;
        for (long seed = 1; seed <= 3; seed++) {
            sum += ContinualLearner.builder(
                            classifier(updater.learningRate(0.05).dataSize(1000).build(), seed, 100),
                            rotatedBlobs(5, 1000, 500))
                    .batchSize(64)
                    .iterationsPerTask(400)
                    .seed(seed)
                    .build()
                    .run()
                    .average();
        }
        return sum / 3;
    }

    /**
     * Measured means over the three seeds: descent with momentum 0.434, additive consolidation 0.729 (the oracle's runs: 0.436 and
     * 0.703). Broken: a prior in the wrong units, 10^6 times too strong, 0.240; nothing remembered, 0.434.
     */
    @Test
    void rotatedBlobsAreRemembered() {
        double forgetful = average(Ncl.builder().method(Ncl.Method.SGD));
        double remembering = average(Ncl.builder().kroneckerSum(KroneckerSum.ADDITIVE));
        assertThat(forgetful).isBetween(0.35, 0.55);
        assertThat(remembering).isGreaterThan(forgetful + 0.15);
    }

    @Test
    void interruptedRunsGoOnBitForBit(@TempDir Path directory) throws Exception {
        TaskStream stream = rotatedBlobs(3, 60, 40);
        ContinualLearner whole = ContinualLearner.builder(classifier(new Ncl(0.05, 60), 1, 8), stream)
                .iterationsPerTask(7)
                .evaluateEvery(3)
                .build();
        whole.run();
        for (int stop : new int[] {3, 7, 12}) {
            ContinualLearner first = ContinualLearner.builder(classifier(new Ncl(0.05, 60), 1, 8), stream)
                    .iterationsPerTask(7)
                    .evaluateEvery(3)
                    .build();
            assertThat(first.advance(stop)).isFalse();
            File file = directory.resolve("stopped.zip").toFile();
            first.save(file);
            ContinualLearner second = ContinualLearner.resume(file, stream, TaskMetric.accuracy());
            assertThat(second.run()).isEqualTo(whole.matrix());
            assertThatMatrix(second.network().params())
                    .isBitEqualTo(whole.network().params());
        }
    }

    @Test
    void filesWithoutProgressOrOfOtherTasksAreRefused(@TempDir Path directory) throws Exception {
        TaskStream stream = rotatedBlobs(2, 20, 10);
        MultiLayerNetwork network = classifier(new Sgd(0.1), 1, 4);
        File plain = directory.resolve("plain.zip").toFile();
        network.save(plain);
        assertThatThrownBy(() -> ContinualLearner.resume(plain, stream, TaskMetric.accuracy()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no progress");
        File file = directory.resolve("learner.zip").toFile();
        ContinualLearner.builder(network, stream).build().save(file);
        assertThatThrownBy(() -> ContinualLearner.resume(file, rotatedBlobs(3, 20, 10), TaskMetric.accuracy()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds the tasks [rotation 0, rotation 1]");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2, 0.5, 0.9, 0.999})
    void cutOffFilesAreRefused(double share, @TempDir Path directory) throws Exception {
        TaskStream stream = rotatedBlobs(2, 20, 10);
        Path file = savedLearner(stream, directory);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, (int) (share * bytes.length)));
        assertThatThrownBy(() -> ContinualLearner.resume(file.toFile(), stream, TaskMetric.accuracy()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"another object", "no object"})
    void progressThatIsNoProgressIsRefused(String content, @TempDir Path directory) throws Exception {
        TaskStream stream = rotatedBlobs(2, 20, 10);
        Path file = savedLearner(stream, directory);
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        if (content.equals("another object")) {
            try (ObjectOutputStream out = new ObjectOutputStream(object)) {
                out.writeObject(content);
            }
        } else {
            object.writeBytes(content.getBytes(StandardCharsets.UTF_8));
        }
        try (FileSystem zip = FileSystems.newFileSystem(file)) {
            Path entry = zip.getPath("objects", "continualLearner");
            assertThat(entry).exists();
            Files.write(entry, object.toByteArray());
        }
        assertThatThrownBy(() -> ContinualLearner.resume(file.toFile(), stream, TaskMetric.accuracy()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
    }

    private static Path savedLearner(TaskStream stream, Path directory) throws IOException {
        Path file = directory.resolve("learner.zip");
        ContinualLearner.builder(classifier(new Sgd(0.1), 1, 4), stream).build().save(file.toFile());
        return file;
    }

    /** All that see earlier data remember it, which plain descent does not. */
    @ParameterizedTest
    @EnumSource(LearningStrategy.class)
    void strategiesThatShowEarlierDataRemember(LearningStrategy strategy) {
        EvaluationMatrix matrix = ContinualLearner.builder(classifier(new Sgd(0.1), 2, 50), rotatedBlobs(3, 500, 200))
                .strategy(strategy)
                .iterationsPerTask(200)
                .replayPerTask(200)
                .build()
                .run();
        if (strategy == LearningStrategy.SEQUENTIAL) {
            assertThat(matrix.average()).isLessThan(0.75);
        } else {
            assertThat(matrix.average()).isGreaterThan(0.78);
        }
        // of a network that learns all tasks at once there is no task before the one that is judged
        assertThat(Double.isNaN(matrix.forwardTransfer())).isEqualTo(strategy == LearningStrategy.JOINT);
    }

    /** Each task has a head; what other tasks teach must not touch it. */
    @Test
    void headsAreConsolidatedByTheirOwnTaskOnly() {
        TaskStream stream = headStream();
        ComputationGraph graph = twoHeads();
        ContinualLearner learner = ContinualLearner.builder(graph, stream)
                .iterationsPerTask(20)
                .batchSize(10)
                .build();

        learner.advance(20);
        INDArray firstHead = graph.getLayer("head0").params().dup();
        ConsolidationReport first = learner.reports().get(0);
        learner.advance(20);
        ConsolidationReport second = learner.reports().get(1);

        assertThat(trained(first, "head0")).isTrue();
        assertThat(trained(first, "head1")).isFalse();
        assertThat(trained(second, "head0")).isFalse();
        assertThat(trained(second, "head1")).isTrue();
        assertThat(trained(second, "shared")).isTrue();
        assertThatMatrix(graph.getLayer("head0").params()).isBitEqualTo(firstHead);
        assertThat(second.layers().stream()
                        .filter(layer -> layer.name().equals("shared"))
                        .findFirst()
                        .orElseThrow()
                        .tasks())
                .isEqualTo(2);
    }

    /** Each row of a batch of several tasks trains the head of its own task, and no other. */
    @ParameterizedTest
    @EnumSource(LearningStrategy.class)
    void batchesOfSeveralTasksKeepTheMasksOfTheirHeads(LearningStrategy strategy) {
        TrainingBatches batches = new TrainingBatches(headStream(), new LearnerSettings(strategy, 10, 20, 10, 0, 1));
        int[] rows = new int[2];
        for (int iteration = 0; iteration < 5; iteration++) {
            MultiDataSet batch = batches.batch(1, iteration);
            for (int head = 0; head < 2; head++) {
                INDArray mask = batch.getLabelsMaskArray(head);
                assertThat(mask.shape()).containsExactly(batch.getFeatures(0).size(0), 1);
                assertThatMatrix(batch.getLabels(head).sum(true, 1)).isBitEqualTo(mask); // labels are one-hot or absent
                rows[head] += mask.sumNumber().intValue();
            }
        }
        assertThat(rows[1]).isPositive();
        if (strategy == LearningStrategy.SEQUENTIAL) {
            assertThat(rows[0]).isZero();
        } else {
            assertThat(rows[0]).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(LearningStrategy.class)
    void everyStrategyTrainsHeads(LearningStrategy strategy) {
        EvaluationMatrix matrix = ContinualLearner.builder(twoHeads(), headStream())
                .strategy(strategy)
                .iterationsPerTask(60)
                .batchSize(10)
                .build()
                .run();

        assertThat(matrix.average()).isGreaterThan(0.8); // chance is 0.5; the sign of an input is to be told
    }

    private static boolean trained(ConsolidationReport report, String layer) {
        return report.layers().stream()
                .filter(each -> each.name().equals(layer))
                .allMatch(ConsolidationReport.Layer::trained);
    }

    private static TaskStream headStream() {
        INDArray x = RandomMatrices.gaussian(60, 6, 1).castTo(DataType.FLOAT);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 60, 4);
        for (int n = 0; n < 60; n++) {
            y.putScalar(n, (x.getDouble(n, 0) > 0 ? 1 : 0) + 2 * (n % 2), 1);
        }
        DataSet data = new DataSet(x, y);
        return TaskStream.taskIncremental(Tasks.iterator(data), Tasks.iterator(data), new int[][] {{0, 1}, {2, 3}});
    }

    private static ComputationGraph twoHeads() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Ncl(0.05, 30))
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "shared",
                        new DenseLayer.Builder()
                                .nIn(6)
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer("head0", head(), "shared")
                .addLayer("head1", head(), "shared")
                .setOutputs("head0", "head1")
                .build();
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }

    private static OutputLayer head() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nIn(5)
                .nOut(2)
                .build();
    }

    @Test
    void newClassesWithoutTaskAreWarnedOf() {
        DataSet data = Tasks.data(0, DataType.FLOAT);
        TaskStream stream =
                TaskStream.classIncremental(Tasks.iterator(data), Tasks.iterator(data), new int[][] {{0}, {1, 2}});
        Model network = Tasks.classifier(new Ncl(0.05, 40), DataType.FLOAT);
        ContinualLearner.builder(network, stream).build();
        assertThat(said.messages(Level.WARN))
                .anySatisfy(message -> assertThat(message).contains("REPLAY", "taskIncremental"));
    }

    @Test
    void headsOfAMultiLayerNetworkAreRefused() {
        assertThatThrownBy(() -> ContinualLearner.builder(classifier(new Sgd(0.1), 1, 4), headStream())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use a ComputationGraph");
    }
}
