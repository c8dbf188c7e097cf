/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.ncl.ConsolidationReport;
import io.github.dl4jcurvature.ncl.Ncl;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThat;

/** Networks that the host builds from others: what was learned of other shapes starts afresh. */
class TransferLearningTest {
    private static final int WIDER = 24;

    static Stream<IUpdater> updaters() {
        return Stream.of(FishLeg.builder().startAsSgd(0.3).updateEvery(2).build(), new Ncl(0.05, 1000));
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void aChangedWidthTakesTheStateOfAFreshNetwork(IUpdater updater) {
        MultiLayerNetwork wider = new TransferLearning.Builder(trained(updater))
                .nOutReplace(0, WIDER, WeightInit.XAVIER)
                .build();
        wider.setListeners(new CurvatureListener());
        double before = score(wider);

        train(wider, 2);

        assertThat(wider.getLayer(0).getParam("W").shape()).containsExactly(OpticalDigits.PIXELS, WIDER);
        // without a rebuild the state would have the size for the old width
        assertThat(stateLength(wider)).isEqualTo(stateLength(fresh(wider)));
        assertThat(stateLength(wider)).isNotEqualTo(stateLength(trained(updater)));
        assertThat(score(wider)).isLessThan(before);
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void frozenLayersStayAndHaveNoState(IUpdater updater) {
        MultiLayerNetwork network = trained(updater);
        MultiLayerNetwork frozen =
                new TransferLearning.Builder(network).setFeatureExtractor(0).build();
        frozen.setListeners(new CurvatureListener());
        INDArray weights = frozen.getLayer(0).params().dup();
        double before = score(frozen);

        train(frozen, 2);

        assertThat(frozen.getLayer(0).params()).isEqualTo(weights);
        assertThat(score(frozen)).isLessThan(before);
        assertThat(stateLength(frozen)).isLessThan(stateLength(network));
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void fineTuningTakesANewUpdaterForAllLayers(IUpdater updater) {
        MultiLayerNetwork network = DigitClassifiers.layers(new Adam(1e-3));
        train(network, 1);
        MultiLayerNetwork tuned = new TransferLearning.Builder(network)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(updater.clone())
                        .build())
                .removeOutputLayer()
                .addLayer(DigitClassifiers.output(DigitClassifiers.HIDDEN))
                .build();
        tuned.setListeners(new CurvatureListener());
        double before = score(tuned);

        train(tuned, 2);

        assertThat(score(tuned)).isLessThan(before);
    }

    @Test
    void aTaskCanEndInATransferredNetwork() {
        MultiLayerNetwork wider = new TransferLearning.Builder(trained(new Ncl(0.05, 1000)))
                .nOutReplace(0, WIDER, WeightInit.XAVIER)
                .build();
        wider.setListeners(new CurvatureListener());
        train(wider, 1);

        ConsolidationReport report =
                Ncl.endTask(wider, new SingletonDataSetIterator(DigitClassifiers.part(Part.TRAIN)));

        assertThat(report.layers()).hasSize(2).allMatch(ConsolidationReport.Layer::trained);
    }

    private static MultiLayerNetwork trained(IUpdater updater) {
        MultiLayerNetwork network = DigitClassifiers.layers(updater.clone());
        network.setListeners(new CurvatureListener());
        train(network, 1);
        return network;
    }

    /** A network of the same shapes that was trained from the start with them. */
    private static MultiLayerNetwork fresh(MultiLayerNetwork like) {
        MultiLayerNetwork network =
                new MultiLayerNetwork(like.getLayerWiseConfigurations().clone());
        network.init();
        network.setListeners(new CurvatureListener());
        train(network, 1);
        return network;
    }

    private static void train(MultiLayerNetwork network, int epochs) {
        List<DataSet> batches = DigitClassifiers.trainingBatches();
        for (int epoch = 0; epoch < epochs; epoch++) {
            batches.forEach(network::fit);
        }
    }

    private static double score(MultiLayerNetwork network) {
        return network.score(DigitClassifiers.part(Part.TRAIN));
    }

    private static long stateLength(MultiLayerNetwork network) {
        return network.getUpdater().getStateViewArray().length();
    }
}
