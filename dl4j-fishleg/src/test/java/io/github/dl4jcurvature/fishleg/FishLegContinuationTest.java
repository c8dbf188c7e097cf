/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.File;
import java.nio.file.Path;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Graphs, clones and other data types on every kind of layer; and options that must not matter. */
class FishLegContinuationTest {
    private static final int SAVED = 5; // between two auxiliary updates
    private static final int END = 11;

    private static FishLeg updater() {
        return FishLeg.builder()
                .updateEvery(2)
                .startAsInverseDiagonal()
                .pretrain(3)
                .probe(FishLeg.Probe.GRADIENT_AVERAGE)
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void graphsGoOnBitForBit(LayerCases layers, @TempDir Path directory) throws Exception {
        ComputationGraph whole = layers.graph(updater());
        whole.setListeners(new CurvatureListener());
        fit(whole, layers, 0, SAVED);
        File file = directory.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(whole, file, true);
        ComputationGraph loaded = ModelSerializer.restoreComputationGraph(file, true);
        ComputationGraph clone = whole.clone();
        loaded.setListeners(new CurvatureListener());
        clone.addListeners(new CurvatureListener()); // the host lets it share the list of the original
        fit(whole, layers, SAVED, END);
        fit(loaded, layers, SAVED, END);
        fit(clone, layers, SAVED, END);

        assertThatMatrix(loaded.params()).isBitEqualTo(whole.params());
        assertThatMatrix(clone.params()).isBitEqualTo(whole.params());
        assertThatMatrix(clone.getUpdater().getStateViewArray())
                .isBitEqualTo(whole.getUpdater().getStateViewArray());
    }

    @ParameterizedTest
    @EnumSource
    void clonesGoOnBitForBit(LayerCases layers) {
        MultiLayerNetwork whole = layers.network(updater());
        whole.setListeners(new CurvatureListener());
        fit(whole, layers, 0, SAVED);
        MultiLayerNetwork clone = whole.clone();
        clone.setListeners(new CurvatureListener());
        fit(whole, layers, SAVED, END);
        fit(clone, layers, SAVED, END);

        assertThatMatrix(clone.params()).isBitEqualTo(whole.params());
    }

    /** As replicas are made of a network that was not prepared; the host's copies share the configuration of the updater. */
    @Test
    void aCloneWhoseUpdaterIsOlderThanThePlanTrains() {
        MultiLayerNetwork first = TestNetworks.classifier(updater());
        MultiLayerNetwork second = first.clone();
        first.setListeners(new CurvatureListener());
        second.setListeners(new CurvatureListener());
        assertThat(second.getUpdater().getStateViewArray()).isNull();
        TestNetworks.fit(first, 3);
        TestNetworks.fit(second, 3);
        assertThatMatrix(second.params()).isBitEqualTo(first.params());
    }

    /** Single precision errs by 6e-8 at a time, finite differences of the Fisher products by some 1e-3. */
    @ParameterizedTest
    @EnumSource
    void singlePrecisionStaysNearDouble(LayerCases layers) {
        FishLeg updater =
                FishLeg.builder().updateEvery(2).startAsInverseDiagonal().build();
        MultiLayerNetwork exact = layers.network(updater.clone());
        INDArray start = exact.params().dup();
        MultiLayerNetwork single = layers.network(updater.clone()).convertDataType(DataType.FLOAT);
        exact.setListeners(new CurvatureListener());
        single.setListeners(new CurvatureListener());
        fit(exact, layers, 0, 6);
        for (int i = 0; i < 6; i++) {
            DataSet batch = layers.batch(i % 4);
            single.fit(new DataSet(
                    batch.getFeatures().castTo(DataType.FLOAT),
                    batch.getLabels().castTo(DataType.FLOAT)));
        }
        INDArray moved = exact.params().sub(start);
        INDArray difference = single.params().castTo(DataType.DOUBLE).subi(exact.params());
        assertThat(single.params().dataType()).isEqualTo(DataType.FLOAT);
        assertThat(difference.norm2Number().doubleValue())
                .isLessThan(1e-2 * moved.norm2Number().doubleValue());
    }

    /** Without memory the average of gradients is the gradient. */
    @Test
    void anAverageWithoutMemoryIsTheGradient() {
        FishLegBuilder builder = FishLeg.builder().updateEvery(2).momentum(0);
        MultiLayerNetwork gradient = TestNetworks.classifier(builder.build());
        MultiLayerNetwork average = TestNetworks.classifier(
                builder.probe(FishLeg.Probe.GRADIENT_AVERAGE).build());
        MultiLayerNetwork gaussian =
                TestNetworks.classifier(builder.probe(FishLeg.Probe.GAUSSIAN).build());
        for (MultiLayerNetwork each : new MultiLayerNetwork[] {gradient, average, gaussian}) {
            each.setListeners(new CurvatureListener());
            TestNetworks.fit(each, 12);
        }
        assertThatMatrix(average.params()).isWithinRelativeFrobenius(gradient.params(), 1e-10);
        assertThat(gaussian.params().distance2(gradient.params())).isGreaterThan(1e-4);
    }

    private static void fit(Model model, LayerCases layers, int from, int to) {
        for (int i = from; i < to; i++) {
            if (model instanceof ComputationGraph graph) {
                graph.fit(layers.batch(i % 4));
            } else {
                ((MultiLayerNetwork) model).fit(layers.batch(i % 4));
            }
        }
    }
}
