/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.ncl.Ncl;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingModelSaver;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.LocalFileGraphSaver;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Training that the host stops early: the best model continues as if it had never been stored. */
class EarlyStoppingTest {
    private static final int EPOCHS = 3;

    @TempDir
    Path directory;

    static Stream<IUpdater> updaters() {
        return Stream.of(
                FishLeg.builder().startAsSgd(0.3).updateEvery(3).build(),
                new Ncl(0.05, 1000),
                Ncl.builder()
                        .learningRate(0.05)
                        .dataSize(1000)
                        .consolidateEvery(7)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void theBestNetworkContinuesToTheBit(IUpdater updater) {
        MultiLayerNetwork network = DigitClassifiers.layers(updater.clone());
        network.setListeners(new CurvatureListener());

        EarlyStoppingResult<MultiLayerNetwork> result = stopEarly(network);

        MultiLayerNetwork uninterrupted = DigitClassifiers.layers(updater.clone());
        uninterrupted.setListeners(new CurvatureListener());
        train(uninterrupted, result.getBestModelEpoch() + 1);
        MultiLayerNetwork best = result.getBestModel();
        assertThat(best.params()).isEqualTo(uninterrupted.params());
        best.setListeners(new CurvatureListener());
        train(best, 1);
        train(uninterrupted, 1);
        assertThat(best.params()).isEqualTo(uninterrupted.params());
        assertThat(state(best)).isEqualTo(state(uninterrupted));
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void theBestGraphContinuesToTheBit(IUpdater updater) {
        ComputationGraph graph = DigitClassifiers.graph(updater.clone());
        graph.setListeners(new CurvatureListener());

        EarlyStoppingResult<ComputationGraph> result = new EarlyStoppingGraphTrainer(
                        EarlyStoppingTest.<ComputationGraph>configuration(new LocalFileGraphSaver(directory.toString()))
                                .scoreCalculator(new DataSetLossCalculator(validation(), true))
                                .build(),
                        graph,
                        new ExistingDataSetIterator(DigitClassifiers.trainingBatches()))
                .fit();

        ComputationGraph uninterrupted = DigitClassifiers.graph(updater.clone());
        uninterrupted.setListeners(new CurvatureListener());
        train(uninterrupted, result.getBestModelEpoch() + 1);
        ComputationGraph best = result.getBestModel();
        assertThat(best.params()).isEqualTo(uninterrupted.params());
        best.setListeners(new CurvatureListener());
        train(best, 1);
        train(uninterrupted, 1);
        assertThat(best.params()).isEqualTo(uninterrupted.params());
        assertThat(best.getUpdater().getUpdaterStateViewArray())
                .isEqualTo(uninterrupted.getUpdater().getUpdaterStateViewArray());
    }

    @Test
    void gaussNewtonNeedsNoListenerToContinue() {
        MultiLayerNetwork network = DigitClassifiers.reversible();

        EarlyStoppingResult<MultiLayerNetwork> result = stopEarly(network);

        MultiLayerNetwork uninterrupted = DigitClassifiers.reversible();
        train(uninterrupted, result.getBestModelEpoch() + 2);
        MultiLayerNetwork best = result.getBestModel();
        train(best, 1);
        assertThat(best.params()).isEqualTo(uninterrupted.params());
    }

    @Test
    void theBestNetworkWithoutAListenerSaysSo() {
        MultiLayerNetwork network =
                DigitClassifiers.layers(FishLeg.builder().startAsSgd(0.3).build());
        network.setListeners(new CurvatureListener());
        MultiLayerNetwork best = stopEarly(network).getBestModel();
        INDArray before = best.params().dup();

        assertThatThrownBy(() -> train(best, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("network.addListeners(new CurvatureListener())");
        assertThat(best.params()).isEqualTo(before);
    }

    private EarlyStoppingResult<MultiLayerNetwork> stopEarly(MultiLayerNetwork network) {
        return new EarlyStoppingTrainer(
                        EarlyStoppingTest.<MultiLayerNetwork>configuration(
                                        new LocalFileModelSaver(directory.toString()))
                                .scoreCalculator(new DataSetLossCalculator(validation(), true))
                                .build(),
                        network,
                        new ExistingDataSetIterator(DigitClassifiers.trainingBatches()))
                .fit();
    }

    private static <T extends Model> EarlyStoppingConfiguration.Builder<T> configuration(
            EarlyStoppingModelSaver<T> saver) {
        return new EarlyStoppingConfiguration.Builder<T>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS))
                .modelSaver(saver);
    }

    private static SingletonDataSetIterator validation() {
        return new SingletonDataSetIterator(DigitClassifiers.part(Part.VALIDATION));
    }

    private static void train(MultiLayerNetwork network, int epochs) {
        List<DataSet> batches = DigitClassifiers.trainingBatches();
        for (int epoch = 0; epoch < epochs; epoch++) {
            batches.forEach(network::fit);
        }
    }

    private static void train(ComputationGraph graph, int epochs) {
        List<DataSet> batches = DigitClassifiers.trainingBatches();
        for (int epoch = 0; epoch < epochs; epoch++) {
            batches.forEach(graph::fit);
        }
    }

    private static INDArray state(MultiLayerNetwork network) {
        return network.getUpdater().getStateViewArray();
    }
}
