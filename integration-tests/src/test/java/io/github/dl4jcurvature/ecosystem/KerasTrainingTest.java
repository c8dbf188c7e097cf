/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.io.File;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.ncl.Ncl;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.IUpdater;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Training on from a network that Keras has saved: convolution, dense, softmax. */
class KerasTrainingTest {
    private static final int BATCH = 100;

    static Stream<IUpdater> updaters() {
        return Stream.of(
                FishLeg.builder().startAsSgd(0.1).updateEvery(2).build(),
                Ncl.builder().learningRate(0.05).dataSize(1000).build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void anImportedNetworkTrainsOn(IUpdater updater) throws Exception {
        MultiLayerNetwork imported = imported();
        MultiLayerNetwork network = withUpdater(imported, updater);
        assertThatMatrix(network.params()).isBitEqualTo(imported.params());
        double before = network.score(images(Part.TRAIN));

        network.fit(new ViewIterator(images(Part.TRAIN), BATCH), 5);

        assertThat(network.score(images(Part.TRAIN))).isLessThan(0.7 * before);
    }

    /** What the network knew when it was imported is the first task. */
    @Test
    void whatWasLearnedBeforeIsATask() throws Exception {
        MultiLayerNetwork network = withUpdater(imported(), new Ncl(0.05, 1000));
        INDArray before = network.params().dup();

        assertThat(Ncl.endTask(network, new ViewIterator(images(Part.TRAIN), BATCH))
                        .layers())
                .hasSize(3)
                .allMatch(layer -> layer.trained() && layer.tasks() == 1);
        assertThatMatrix(network.params()).isBitEqualTo(before);

        network.fit(new ViewIterator(images(Part.VALIDATION), BATCH));
        assertThatMatrix(network.params()).isFinite();
        assertThat(network.params()).isNotEqualTo(before);
    }

    private static MultiLayerNetwork imported() throws Exception {
        File file = new File(
                KerasTrainingTest.class.getResource("/keras/classifier.h5").toURI());
        return KerasModelImport.importKerasSequentialModelAndWeights(file.getPath());
    }

    private static MultiLayerNetwork withUpdater(MultiLayerNetwork network, IUpdater updater) {
        MultiLayerNetwork tuned = new TransferLearning.Builder(network)
                .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder().updater(updater).build())
                .build();
        tuned.setListeners(new CurvatureListener());
        return tuned;
    }

    private static DataSet images(Part part) {
        DataSet flat = DigitClassifiers.part(part);
        return new DataSet(flat.getFeatures().reshape('c', flat.numExamples(), 1, 8, 8), flat.getLabels());
    }
}
