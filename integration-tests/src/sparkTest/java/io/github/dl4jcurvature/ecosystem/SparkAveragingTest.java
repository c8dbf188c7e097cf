/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.ncl.Ncl;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Replicas on Apache Spark, here in two threads, whose parameters and states the host averages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SparkAveragingTest {
    private static final int BATCH = 100;

    private JavaSparkContext spark;

    static Stream<IUpdater> updaters() {
        return Stream.of(FishLeg.builder().startAsSgd(0.3).updateEvery(1).build(), new Ncl(0.05, 1000));
    }

    @BeforeAll
    void start() {
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2]")
                .setAppName("SparkAveragingTest")
                .set("spark.ui.enabled", "false"));
    }

    @AfterAll
    void stop() {
        spark.close();
    }

    /** One round of two replicas, beside two networks that train apart. */
    @ParameterizedTest
    @MethodSource("updaters")
    void aRoundIsTheMeanOfTheReplicas(IUpdater updater) {
        List<DataSet> two = batches().subList(0, 2);
        MultiLayerNetwork network = prepared(updater);
        MultiLayerNetwork left = trainedApart(network, two.get(0));
        MultiLayerNetwork right = trainedApart(network, two.get(1));

        fit(network, two, 2, true, new CurvatureListener());

        // of FLOAT numbers whose sum is rounded once
        assertThatMatrix(network.params()).isWithinRelativeFrobenius(mean(left.params(), right.params()), 1e-6);
        assertThatMatrix(network.updaterState())
                .isWithinRelativeFrobenius(mean(left.updaterState(), right.updaterState()), 1e-6);
    }

    /** The loss is 2.41 at the start. */
    @ParameterizedTest
    @MethodSource("updaters")
    void trainingGoesOnAlone(IUpdater updater) {
        MultiLayerNetwork network = prepared(updater);
        for (int epoch = 0; epoch < 6; epoch++) {
            fit(network, batches(), 2, true, new CurvatureListener());
        }
        double together = score(network);
        assertThat(together).isLessThan(1.9);

        network.setListeners(new CurvatureListener());
        batches().forEach(network::fit);
        assertThat(score(network)).isLessThan(together);
    }

    @Test
    void tasksEndOnTheMaster() {
        MultiLayerNetwork network = prepared(new Ncl(0.05, 1000));
        for (int task = 1; task <= 2; task++) {
            fit(network, batches(), 2, true, new CurvatureListener());
            int ended = task;
            assertThat(Ncl.endTask(network, new ExistingDataSetIterator(batches()))
                            .layers())
                    .allMatch(layer -> layer.trained() && layer.tasks() == ended);
        }
    }

    /** The builder's default: every round starts from the master's state, which no round changes. */
    @Test
    void aStateThatIsNotSavedIsRefused() {
        MultiLayerNetwork network = prepared(new Ncl(0.05, 1000));
        fit(network, batches(), 2, false, new CurvatureListener());
        assertThatThrownBy(() -> Ncl.endTask(network, new ExistingDataSetIterator(batches())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("of which its Ncl has no step")
                .hasMessageContaining("saveUpdater");
    }

    /** The mean of three equal numbers is rounded, and with it what is remembered. */
    @Test
    void threeReplicasForgetAndAreRefused() {
        MultiLayerNetwork network = prepared(new Ncl(0.05, 1000));
        fit(network, batches(), 2, true, new CurvatureListener());
        Ncl.endTask(network, new ExistingDataSetIterator(batches()));

        fit(network, batches().subList(0, 3), 3, true, new CurvatureListener());

        assertThatThrownBy(() -> Ncl.endTask(network, new ExistingDataSetIterator(batches())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("average 2, 4, 8 or 16 replicas");
    }

    /** The host's message; workers have states of their own, the master none to put their mean into. */
    @ParameterizedTest
    @MethodSource("updaters")
    void anUnpreparedMasterHasNoState(IUpdater updater) {
        MultiLayerNetwork network = DigitClassifiers.layers(updater.clone());
        assertThatThrownBy(() -> fit(network, batches(), 2, true, new CurvatureListener()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set updater state view array");
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void replicasWithoutAListenerSaySo(IUpdater updater) {
        MultiLayerNetwork network = prepared(updater);
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> fit(network, batches(), 2, true))
                .hasMessageContaining("network.addListeners(new CurvatureListener())");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    private void fit(
            MultiLayerNetwork network,
            List<DataSet> batches,
            int replicas,
            boolean saveUpdater,
            TrainingListener... listeners) {
        SparkDl4jMultiLayer cluster = new SparkDl4jMultiLayer(
                spark,
                network,
                new ParameterAveragingTrainingMaster.Builder(replicas, BATCH)
                        .batchSizePerWorker(BATCH)
                        .averagingFrequency(1)
                        .workerPrefetchNumBatches(0)
                        .rddTrainingApproach(RDDTrainingApproach.Direct)
                        .rngSeed(1)
                        .saveUpdater(saveUpdater)
                        .build());
        cluster.setListeners(listeners);
        cluster.fit(spark.parallelize(batches, replicas));
    }

    private static MultiLayerNetwork prepared(IUpdater updater) {
        MultiLayerNetwork network = DigitClassifiers.layers(updater.clone());
        CurvatureListener.prepare(network);
        return network;
    }

    private static MultiLayerNetwork trainedApart(MultiLayerNetwork network, DataSet batch) {
        MultiLayerNetwork copy = network.clone();
        copy.setListeners(new CurvatureListener());
        copy.fit(batch);
        return copy;
    }

    private static List<DataSet> batches() {
        return DigitClassifiers.trainingBatches();
    }

    private static INDArray mean(INDArray left, INDArray right) {
        return left.add(right).divi(2);
    }

    private static double score(MultiLayerNetwork network) {
        return network.score(DigitClassifiers.part(Part.TRAIN));
    }
}
