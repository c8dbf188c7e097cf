/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ecosystem;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.Importance;
import io.github.dl4jcurvature.pruning.LayerSparsity;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import io.github.dl4jcurvature.pruning.PruningOptions;
import io.github.dl4jcurvature.pruning.Sparsity;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** Pruning together with other parts of Deeplearning4j. */
class PruningEcosystemTest {
    private static final OpticalDigits DIGITS = new OpticalDigits(1);

    @Test
    void aNetworkImportedFromKerasIsTrainedAndPruned() throws Exception {
        File file = new File(
                PruningEcosystemTest.class.getResource("/keras/classifier.h5").toURI());
        MultiLayerNetwork network = KerasModelImport.importKerasSequentialModelAndWeights(file.getPath());
        DataSet train = images(Part.TRAIN);
        DataSet test = images(Part.TEST);
        for (int epoch = 0; epoch < 20; epoch++) {
            network.fit(new ViewIterator(train, 100));
        }
        double dense = accuracy(network, test);

        Sparsity sparsity = FishLegSurgeon.prune(network, new SingletonDataSetIterator(train), options(0.7));

        double pruned = accuracy(network, test);
        assertThat(weights(sparsity)).isEqualTo(9 * 6 + 216 * 24 + 240);
        assertThat(sparsity.zeros())
                .isBetween(Math.round(0.7 * weights(sparsity)), Math.round(0.72 * weights(sparsity)));
        assertThat(dense).isGreaterThan(0.9);
        // chance is 0.1; removing the same number of weights by magnitude without compensation loses more
        assertThat(pruned).isGreaterThan(dense - 0.1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void masksHoldUnderEarlyStopping(boolean fishLeg, @TempDir Path directory) {
        IUpdater updater = fishLeg ? FishLeg.builder().startAsSgd(0.3).build() : new Adam(3e-3);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .activation(Activation.RELU)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(OpticalDigits.PIXELS)
                        .nOut(30)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(30)
                        .nOut(OpticalDigits.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        network.setListeners(new CurvatureListener());
        DataSet train = DIGITS.part(Part.TRAIN, Target.CLASS);
        network.fit(new ViewIterator(train, 100), 5);
        FishLegSurgeon.prune(network, new SingletonDataSetIterator(train), options(0.8));
        Sparsity before = Sparsity.of(network);

        EarlyStoppingResult<MultiLayerNetwork> result = new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                                .scoreCalculator(new DataSetLossCalculator(
                                        new SingletonDataSetIterator(DIGITS.part(Part.VALIDATION, Target.CLASS)), true))
                                .modelSaver(new LocalFileModelSaver(directory.toString()))
                                .build(),
                        network,
                        new ViewIterator(train, 100))
                .fit();

        MultiLayerNetwork best = result.getBestModel();
        assertThat(Sparsity.of(best).layers())
                .filteredOn(layer -> layer.parameter().equals("W"))
                .extracting(LayerSparsity::zeros)
                .containsExactlyElementsOf(zeros(before));
        best.setListeners(new CurvatureListener());
        best.fit(new ViewIterator(train, 100));
        assertThat(zeros(Sparsity.of(best))).isEqualTo(zeros(before));
        assertThat(accuracy(best, DIGITS.part(Part.TEST, Target.CLASS))).isGreaterThan(0.8);
    }

    private static List<Long> zeros(Sparsity sparsity) {
        return sparsity.layers().stream()
                .filter(layer -> layer.parameter().equals("W"))
                .map(LayerSparsity::zeros)
                .toList();
    }

    private static long weights(Sparsity sparsity) {
        return sparsity.layers().stream()
                .filter(layer -> layer.parameter().equals("W"))
                .mapToLong(LayerSparsity::weights)
                .sum();
    }

    private static PruningOptions options(double sparsity) {
        return PruningOptions.builder()
                .sparsity(sparsity)
                .increments(4)
                .importance(Importance.inverse(new LearnedInverse().withSteps(100, 20)))
                .build();
    }

    private static double accuracy(MultiLayerNetwork network, DataSet data) {
        return network.evaluate(new SingletonDataSetIterator(data)).accuracy();
    }

    /** One channel, in the order that the model was saved with. */
    private static DataSet images(Part part) {
        DataSet flat = DIGITS.part(part, Target.CLASS);
        return new DataSet(flat.getFeatures().reshape('c', flat.numExamples(), 1, 8, 8), flat.getLabels());
    }
}
