/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Layers that are wide against the batch: their products are taken from the inputs and errors of the training pass. */
class FishLegWideLayersTest {
    private static final int INPUTS = 24;
    private static final int HIDDEN = 20;
    private static final int CLASSES = 3;
    private static final int EXAMPLES = 4;
    private static final int ITERATIONS = 14;
    private static final FishLegBuilder SETTINGS =
            FishLeg.builder().learningRate(0.05).updateEvery(3);

    @Test
    void theBatchIsTheCheaperSourceOfTheHiddenLayers() {
        assertThat(KroneckerInverse.isRankCheaper(HIDDEN, INPUTS + 1, EXAMPLES)).isTrue();
        assertThat(KroneckerInverse.isRankCheaper(CLASSES, HIDDEN + 1, EXAMPLES))
                .isFalse();
    }

    /**
     * The two products differ by rounding of about 1e-16 times 24; four Adam steps divide factor gradients by their own
     * size and so amplify it where these are small.
     */
    @Test
    void bothSourcesGiveTheSameSteps() {
        MultiLayerNetwork fromBatch = network(builder());
        // a threshold that is never reached makes the host's gradient the only source of the step
        MultiLayerNetwork fromGradient = network(builder()
                .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                .gradientNormalizationThreshold(1e9));
        fit(fromBatch, 0, ITERATIONS);
        fit(fromGradient, 0, ITERATIONS);
        assertThatMatrix(fromGradient.params()).isWithinRelativeFrobenius(fromBatch.params(), 1e-10);
    }

    @Test
    void trainingContinuesBitIdenticallyAfterSavingAtAnyIteration() throws IOException {
        MultiLayerNetwork uninterrupted = network(builder());
        fit(uninterrupted, 0, ITERATIONS);
        for (int pause : new int[] {1, 3, 4, 10}) {
            MultiLayerNetwork network = network(builder());
            fit(network, 0, pause);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            ModelSerializer.writeModel(network, file, true);
            MultiLayerNetwork restored =
                    ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
            restored.addListeners(new CurvatureListener());
            fit(restored, pause, ITERATIONS);
            assertThatMatrix(restored.params()).isBitEqualTo(uninterrupted.params());
            assertThatMatrix(restored.getUpdater().getStateViewArray())
                    .isBitEqualTo(uninterrupted.getUpdater().getStateViewArray());
        }
    }

    @Test
    void aComputationGraphTakesTheSameSteps() {
        MultiLayerNetwork network = network(builder());
        ComputationGraph graph = network.toComputationGraph();
        graph.setListeners(new CurvatureListener());
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            network.fit(batch(iteration));
            graph.fit(batch(iteration));
        }
        assertThatMatrix(graph.params()).isBitEqualTo(network.params());
    }

    private static NeuralNetConfiguration.Builder builder() {
        IUpdater updater = SETTINGS.build();
        return new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder builder) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder.list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(HIDDEN).build())
                .layer(new DenseLayer.Builder().nIn(HIDDEN).nOut(HIDDEN).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(HIDDEN)
                        .nOut(CLASSES)
                        .build())
                .build());
        network.init();
        network.setParams(RandomMatrices.gaussian(1, network.numParams(), 11).muli(0.2));
        network.addListeners(new CurvatureListener());
        return network;
    }

    private static void fit(MultiLayerNetwork network, int from, int to) {
        for (int iteration = from; iteration < to; iteration++) {
            network.fit(batch(iteration));
        }
    }

    private static DataSet batch(int iteration) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        for (int example = 0; example < EXAMPLES; example++) {
            labels.putScalar(example, (example + iteration) % CLASSES, 1);
        }
        return new DataSet(RandomMatrices.gaussian(EXAMPLES, INPUTS, iteration % 5), labels);
    }
}
