/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Every method on every kind of layer: trains, ends tasks, and goes on bit for bit after loading. */
class NclLayersTest {

    static Stream<Arguments> settings() {
        return Stream.of(LayerCase.values())
                .flatMap(layer -> Stream.of(Ncl.Method.values())
                        .flatMap(method -> Stream.of(DataType.DOUBLE, DataType.FLOAT)
                                .map(type -> arguments(layer, method, type))));
    }

    private static Ncl updater(Ncl.Method method) {
        return Ncl.builder()
                .method(method)
                .learningRate(0.05)
                .dataSize(12)
                .kroneckerSum(method == Ncl.Method.NCL ? KroneckerSum.KL : KroneckerSum.ADDITIVE)
                .build();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void goesOnBitForBitAfterLoadingWithinAndBetweenTasks(
            LayerCase layer, Ncl.Method method, DataType type, @TempDir Path directory) throws Exception {
        MultiLayerNetwork whole = layer.network(updater(method), type);
        whole.setListeners(new CurvatureListener());
        double before = whole.score(layer.data(0, type), true);
        fit(whole, layer.data(0, type), 4);
        double after = whole.score(layer.data(0, type), true);
        File within = save(whole, directory, "within.zip");
        fit(whole, layer.data(0, type), 2);
        Ncl.endTask(whole, iterator(layer.data(0, type)));
        File between = save(whole, directory, "between.zip");
        finish(whole, layer, type);

        MultiLayerNetwork fromWithin = load(within);
        fit(fromWithin, layer.data(0, type), 2);
        Ncl.endTask(fromWithin, iterator(layer.data(0, type)));
        finish(fromWithin, layer, type);
        MultiLayerNetwork fromBetween = load(between);
        finish(fromBetween, layer, type);

        assertThat(after).isLessThan(before);
        assertThatMatrix(whole.params()).isFinite();
        for (MultiLayerNetwork loaded : List.of(fromWithin, fromBetween)) {
            assertThatMatrix(loaded.params()).isBitEqualTo(whole.params());
            assertThatMatrix(loaded.updaterState()).isBitEqualTo(whole.updaterState());
        }
    }

    private static void finish(MultiLayerNetwork network, LayerCase layer, DataType type) {
        fit(network, layer.data(1, type), 3);
        Ncl.endTask(network, iterator(layer.data(1, type)));
        fit(network, layer.data(2, type), 2);
    }

    private static File save(MultiLayerNetwork network, Path directory, String name) throws Exception {
        File file = directory.resolve(name).toFile();
        ModelSerializer.writeModel(network, file, true);
        return file;
    }

    private static MultiLayerNetwork load(File file) throws Exception {
        MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(file, true);
        network.setListeners(new CurvatureListener());
        return network;
    }

    private static void fit(MultiLayerNetwork network, DataSet data, int iterations) {
        for (int i = 0; i < iterations; i++) {
            network.fit(data);
        }
    }

    private static MultiDataSetIterator iterator(DataSet data) {
        return TaskData.of(data).iterator(5);
    }

    @ParameterizedTest
    @EnumSource(LayerCase.class)
    void graphsAndMultiLayerNetworksTakeTheSameSteps(LayerCase layer) {
        MultiLayerNetwork network = layer.network(updater(Ncl.Method.NCL), DataType.DOUBLE);
        ComputationGraph graph = layer.graph(updater(Ncl.Method.NCL), DataType.DOUBLE);
        graph.setParams(network.params());
        network.setListeners(new CurvatureListener());
        graph.setListeners(new CurvatureListener());
        for (int task = 0; task < 2; task++) {
            DataSet data = layer.data(task, DataType.DOUBLE);
            for (int i = 0; i < 3; i++) {
                network.fit(data);
                graph.fit(data);
            }
            ConsolidationReport ofNetwork = Ncl.endTask(network, iterator(data));
            ConsolidationReport ofGraph = Ncl.endTask(graph, iterator(data));
            assertThat(ofGraph.examples()).isEqualTo(ofNetwork.examples()).isEqualTo(12);
        }
        assertThatMatrix(graph.params()).isWithinRelativeFrobenius(network.params(), 1e-12);
    }

    /** With a precision that is large where the first task was, the second moves the parameters less. */
    @ParameterizedTest
    @EnumSource(
            value = LayerCase.class,
            names = {"NORMALISED", "PRELU"},
            mode = EnumSource.Mode.EXCLUDE)
    void laterTasksMoveLessWherePrecisionHasGrown(LayerCase layer) {
        double free = distance(layer, false);
        double held = distance(layer, true);
        assertThat(held).isPositive().isLessThan(0.8 * free);
    }

    private static double distance(LayerCase layer, boolean consolidated) {
        MultiLayerNetwork network = layer.network(
                Ncl.builder()
                        .learningRate(0.05)
                        .dataSize(1e4)
                        .kroneckerSum(KroneckerSum.ADDITIVE)
                        .build(),
                DataType.DOUBLE);
        network.setListeners(new CurvatureListener());
        fit(network, layer.data(0, DataType.DOUBLE), 5);
        if (consolidated) {
            Ncl.endTask(network, iterator(layer.data(0, DataType.DOUBLE)));
        }
        var before = network.params().dup();
        fit(network, layer.data(1, DataType.DOUBLE), 5);
        return network.params().sub(before).norm2Number().doubleValue();
    }
}
