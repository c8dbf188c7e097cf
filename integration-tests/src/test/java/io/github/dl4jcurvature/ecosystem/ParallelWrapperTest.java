/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import io.github.dl4jcurvature.ncl.Ncl;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
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

    /** The loss is 2.40 at the start and 0.67 after three epochs. */
    @Test
    void gaussNewtonTrains() {
        MultiLayerNetwork network = reversible();
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

    private static void fit(
            MultiLayerNetwork network, List<DataSet> batches, int frequency, TrainingListener... listeners) {
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(frequency)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();
        try {
            wrapper.setListeners(listeners);
            wrapper.fit(new ExistingDataSetIterator(batches));
        } finally {
            wrapper.shutdown();
        }
    }

    private static MultiLayerNetwork reversible() {
        MultiLayerNetwork network = new MultiLayerNetwork(RevMlp.builder()
                .nIn(OpticalDigits.PIXELS)
                .nOut(OpticalDigits.CLASSES)
                .blocks(2)
                .hiddenSize(128)
                .updater(new GaussNewton(0.3))
                .build());
        network.init();
        return network;
    }

    private static double score(MultiLayerNetwork network) {
        return network.score(DigitClassifiers.part(Part.TRAIN));
    }
}
