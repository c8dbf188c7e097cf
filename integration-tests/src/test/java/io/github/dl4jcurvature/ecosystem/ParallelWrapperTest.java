/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.ncl.Ncl;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Replicas of a network in two threads whose parameters and states the host averages. */
class ParallelWrapperTest {
    private static final int EPOCHS = 6;

    static Stream<IUpdater> updaters() {
        return Stream.of(FishLeg.builder().startAsSgd(0.3).updateEvery(1).build(), new Ncl(0.05, 1000));
    }

    /** The loss is 2.41 at the start. */
    @ParameterizedTest
    @MethodSource("updaters")
    void trainingGoesOnAlone(IUpdater updater) {
        MultiLayerNetwork network = prepared(updater);

        fit(network, epochs(EPOCHS), 2, new CurvatureListener());

        double together = score(network);
        assertThat(together).isLessThan(1.9);
        network.setListeners(new CurvatureListener());
        batches().forEach(network::fit);
        assertThat(score(network)).isLessThan(together);
    }

    /**
     * The second round of two replicas, beside two networks that train apart from where the first has ended. In the first round a
     * replica is made while the network already trains, so that it is another from run to run.
     */
    @ParameterizedTest
    @MethodSource("updaters")
    void aRoundIsTheMeanOfTheReplicas(IUpdater updater) {
        List<DataSet> four = batches().subList(0, 4);
        MultiLayerNetwork network = prepared(updater);
        Updater kept = network.getUpdater();
        List<MultiLayerNetwork> apart = new ArrayList<>();
        Runnable beforeSecondRound = () -> apart.addAll(List.of(network.clone(), network.clone()));

        fit(network, new ExistingDataSetIterator(calling(beforeSecondRound, four)), 2, 1, new CurvatureListener());
        network.setUpdater(kept);

        for (int i = 0; i < 2; i++) {
            apart.get(i).setListeners(new CurvatureListener());
            apart.get(i).fit(four.get(2 + i));
        }
        // of FLOAT numbers whose sum is rounded once
        assertThatMatrix(network.params()).isWithinRelativeFrobenius(mean(apart, Model::params), 1e-6);
        assertThatMatrix(network.updaterState())
                .isWithinRelativeFrobenius(mean(apart, ParallelWrapperTest::state), 1e-6);
    }

    /** The host's {@code clear()} drops the updater of layers, not that of a graph. */
    @ParameterizedTest
    @MethodSource("updaters")
    void theStateOfLayersIsDroppedUnlessItIsKept(IUpdater updater) {
        MultiLayerNetwork network = prepared(updater);
        INDArray fresh = network.updaterState().dup();
        Updater kept = network.getUpdater();
        ComputationGraph graph = DigitClassifiers.graph(updater.clone());
        CurvatureListener.prepare(graph);

        fit(network, batches(), 1, new CurvatureListener());
        fit(graph, batches(), 1, new CurvatureListener());

        assertThatMatrix(network.updaterState()).isBitEqualTo(fresh);
        network.setUpdater(kept);
        assertThat(network.updaterState()).isNotEqualTo(fresh);
        assertThat(graph.updaterState().norm2Number().doubleValue())
                .isGreaterThan(fresh.norm2Number().doubleValue());
    }

    @Test
    void tasksEndOnTheAveragedNetwork() {
        MultiLayerNetwork network = prepared(new Ncl(0.05, 1000));
        for (int task = 1; task <= 2; task++) {
            Updater kept = network.getUpdater();
            fit(network, batches(), 1, new CurvatureListener());
            network.setUpdater(kept);
            int ended = task;
            assertThat(Ncl.endTask(network, new ExistingDataSetIterator(batches()))
                            .layers())
                    .allMatch(layer -> layer.trained() && layer.tasks() == ended);
        }
    }

    @Test
    void aTaskWhoseStateWasDroppedIsRefused() {
        MultiLayerNetwork network = prepared(new Ncl(0.05, 1000));
        fit(network, batches(), 1, new CurvatureListener());
        assertThatThrownBy(() -> Ncl.endTask(network, new ExistingDataSetIterator(batches())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("trained for 5 iterations, of which its Ncl has no step")
                .hasMessageContaining("network.setUpdater(updater)");
    }

    /** The mean of three equal numbers is rounded, and with it what is remembered. */
    @Test
    void threeReplicasForgetAndAreRefused() {
        MultiLayerNetwork network = prepared(new Ncl(0.05, 1000));
        network.setListeners(new CurvatureListener());
        batches().forEach(network::fit);
        Ncl.endTask(network, new ExistingDataSetIterator(batches()));
        Updater kept = network.getUpdater();

        fit(network, batches().subList(0, 3), 3, 1, new CurvatureListener());
        network.setUpdater(kept);

        assertThatThrownBy(() -> Ncl.endTask(network, new ExistingDataSetIterator(batches())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("average 2, 4, 8 or 16 replicas");
    }

    /** The loss is 2.40 at the start and 0.67 after three epochs. */
    @Test
    void gaussNewtonTrains() {
        MultiLayerNetwork network = DigitClassifiers.reversible();
        fit(network, epochs(3), 2);
        assertThat(score(network)).isLessThan(1.5);
    }

    /** Each replica would remember its own batches; the second time the averaged state is refused. */
    @Test
    void consolidationInReplicasIsRefused() {
        MultiLayerNetwork network = prepared(Ncl.builder()
                .learningRate(0.05)
                .dataSize(1000)
                .consolidateEvery(2)
                .build());
        assertThatThrownBy(() -> fit(network, batches(), 1, new CurvatureListener()))
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("do not combine consolidateEvery with averaging");
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void replicasWithoutAListenerSaySo(IUpdater updater) {
        MultiLayerNetwork network = prepared(updater);
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> fit(network, batches(), 2))
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("network.addListeners(new CurvatureListener())");
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    private static MultiLayerNetwork prepared(IUpdater updater) {
        MultiLayerNetwork network = DigitClassifiers.layers(updater.clone());
        CurvatureListener.prepare(network);
        return network;
    }

    private static List<DataSet> batches() {
        return DigitClassifiers.trainingBatches();
    }

    private static List<DataSet> epochs(int count) {
        List<DataSet> all = new ArrayList<>();
        for (int epoch = 0; epoch < count; epoch++) {
            all.addAll(batches());
        }
        return all;
    }

    /** Batches in turn, with a call before the third. */
    private static Iterator<DataSet> calling(Runnable beforeThird, List<DataSet> batches) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < batches.size();
            }

            @Override
            public DataSet next() {
                if (next == 2) {
                    beforeThird.run();
                }
                return batches.get(next++);
            }
        };
    }

    private static INDArray mean(List<MultiLayerNetwork> networks, Function<MultiLayerNetwork, INDArray> part) {
        return part.apply(networks.get(0)).add(part.apply(networks.get(1))).divi(2);
    }

    private static INDArray state(MultiLayerNetwork network) {
        return network.updaterState();
    }

    private static void fit(Model network, List<DataSet> batches, int frequency, TrainingListener... listeners) {
        fit(network, batches, 2, frequency, listeners);
    }

    private static void fit(
            Model network, List<DataSet> batches, int workers, int frequency, TrainingListener... listeners) {
        fit(network, new ExistingDataSetIterator(batches), workers, frequency, listeners);
    }

    private static void fit(
            Model network, DataSetIterator batches, int workers, int frequency, TrainingListener... listeners) {
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(workers)
                .prefetchBuffer(0)
                .averagingFrequency(frequency)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();
        try {
            wrapper.setListeners(listeners);
            wrapper.fit(batches);
        } finally {
            wrapper.shutdown();
        }
    }

    private static double score(MultiLayerNetwork network) {
        return network.score(DigitClassifiers.part(Part.TRAIN));
    }
}
