/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.learning.GradientUpdater;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** What FishLeg knows of a graph is in the graph's file. */
class SameDiffStateTest {
    private static final List<String> VARIABLES = List.of("w0", "b0", "w1", "b1", "w2", "b2");

    @TempDir
    private Path directory;

    private static FishLegBuilder updater() {
        return FishLegContractTest.nonDefault().probe(FishLeg.Probe.GRADIENT_AVERAGE);
    }

    private static SameDiff graph(DataType type) {
        MultiLayerNetwork network = TestNetworks.classifier(new FishLeg());
        network = type == DataType.DOUBLE ? network : network.convertDataType(type);
        SameDiff graph = TestGraphs.twinOf(network, updater().build());
        graph.addListeners(TestGraphs.listener().build());
        return graph;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void trainingContinuesBitForBitFromAFile(DataType type) {
        SameDiff whole = graph(type);
        TestGraphs.fit(whole, 0, 12);
        SameDiff first = graph(type);
        TestGraphs.fit(first, 0, 7); // between two auxiliary steps
        File file = directory.resolve("graph.fb").toFile();
        first.save(file, true);

        SameDiff second = SameDiff.load(file, true);
        second.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(second, 7, 12);

        assertBitEqual(second, whole);
        assertThat(second.getTrainingConfig().getUpdater()).isEqualTo(updater().build());
    }

    @Test
    void withoutItsStateTrainingContinuesOtherwise() {
        SameDiff whole = graph(DataType.DOUBLE);
        TestGraphs.fit(whole, 0, 12);
        SameDiff first = graph(DataType.DOUBLE);
        TestGraphs.fit(first, 0, 7);
        File file = directory.resolve("graph.fb").toFile();
        first.save(file, false);

        SameDiff second = SameDiff.load(file, true);
        second.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(second, 7, 12);

        // momentum 0.8 and its lack differ by a good part of a step of about 0.01
        double distance = TestGraphs.variable(second, "w0").distance2(TestGraphs.variable(whole, "w0"));
        assertThat(distance).isGreaterThan(1e-4);
    }

    @Test
    void aCopyContinuesLikeItsOriginalAndSharesNothing() {
        SameDiff original = graph(DataType.DOUBLE);
        TestGraphs.fit(original, 0, 7);
        SameDiff copy = original.dup();
        copy.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(copy, 7, 12);
        TestGraphs.fit(original, 7, 12);
        assertBitEqual(copy, original);
    }

    @Test
    void anotherListenerAndAnotherGraphWithTheSameListenerTakeOver() {
        SameDiff whole = graph(DataType.DOUBLE);
        TestGraphs.fit(whole, 0, 12);
        SameDiff other = graph(DataType.DOUBLE);
        SameDiff relayed = graph(DataType.DOUBLE);
        TestGraphs.fit(relayed, 0, 5);
        other.setListeners(relayed.getListeners());
        TestGraphs.fit(other, 0, 3); // the listener is taken away and comes back
        TestGraphs.fit(relayed, 5, 7);
        relayed.setListeners(
                TestGraphs.listener().build(), TestGraphs.listener().build());
        TestGraphs.fit(relayed, 7, 12);
        assertBitEqual(relayed, whole);
    }

    @Test
    void epochsOfAnIteratorOfSeveralArraysAreTheSameIterations() {
        SameDiff single = graph(DataType.DOUBLE);
        for (int iteration = 0; iteration < 6; iteration++) {
            single.fit(TestNetworks.batch(1));
        }
        SameDiff epochs = graph(DataType.DOUBLE);
        MultiDataSetIterator iterator =
                new SingletonMultiDataSetIterator(TestNetworks.batch(1).toMultiDataSet());
        epochs.fit(iterator, 6);
        assertBitEqual(epochs, single);
        assertThat(epochs.getTrainingConfig().getEpochCount()).isEqualTo(6);
    }

    @Test
    void aChangedLearningRateTakesEffectAndKeepsTheState() {
        SameDiff graph = graph(DataType.DOUBLE);
        TestGraphs.fit(graph, 0, 4);
        graph.getTrainingConfig().getUpdater().setLrAndSchedule(0, null);
        INDArray before = TestGraphs.variable(graph, "w1").dup();
        GradientUpdater<?> updater = graph.getUpdaterMap().get("w1");
        TestGraphs.fit(graph, 4, 5);
        assertThatMatrix(TestGraphs.variable(graph, "w1")).isBitEqualTo(before);
        assertThat(updater.getState()).containsOnlyKeys("FISHLEG");
        GradientUpdater<?> rebuilt = graph.getUpdaterMap().get("w1");
        assertThat(rebuilt.getState().get("FISHLEG").getDouble(0)).isEqualTo(5); // steps
    }

    private static void assertBitEqual(SameDiff actual, SameDiff expected) {
        for (String name : VARIABLES) {
            assertThatMatrix(TestGraphs.variable(actual, name)).isBitEqualTo(TestGraphs.variable(expected, name));
        }
    }
}
