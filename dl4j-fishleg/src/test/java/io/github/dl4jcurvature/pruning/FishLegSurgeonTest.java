/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class FishLegSurgeonTest {
    private static final int WEIGHTS = 72;

    static Stream<PruningOptions.Builder> combinations() {
        BlockInverse blocks = new BlockInverse(10, 1e-2, 30);
        LearnedInverse learned = new LearnedInverse().withSteps(10, 2);
        return Stream.of(
                        Importance.magnitude(),
                        Importance.empiricalDiagonal(30),
                        Importance.inverse(blocks),
                        Importance.inverse(learned))
                .flatMap(importance -> Stream.of(
                                Compensation.none(),
                                Compensation.independent(blocks),
                                Compensation.joint(blocks),
                                Compensation.joint(learned),
                                Compensation.exact())
                        .map(compensation -> PrunableCases.options(0.6)
                                .importance(importance)
                                .compensation(compensation)));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void anyScoreGoesWithAnyCompensation(PruningOptions.Builder options) {
        MultiLayerNetwork network = trained();

        Sparsity sparsity = prune(network, options.increments(3).build());

        assertThat(sparsity.zeros()).isEqualTo(Math.round(0.6 * WEIGHTS)); // biases of the trained network are not zero
        assertThatMatrix(network.params()).isFinite();
        INDArray before = network.params().dup();
        prune(network, options.build());
        assertThatMatrix(network.params()).isBitEqualTo(before); // the wished sparsity is reached already
    }

    @Test
    void compensationLowersTheLoss() {
        DataSet examples = DataSet.merge(
                IntStream.range(0, 10).mapToObj(PrunableCases::data).toList());
        MultiLayerNetwork bare = trained();
        MultiLayerNetwork compensated = trained();
        PruningOptions.Builder options =
                PrunableCases.options(0.6).batchSize(300).importance(Importance.magnitude());
        prune(bare, examples, options.compensation(Compensation.none()).build());
        prune(compensated, examples, options.compensation(Compensation.exact()).build());

        // 0.296 against 0.485 when this was written; a compensation that does nothing gives equal losses
        assertThat(compensated.score(PrunableCases.data(50))).isLessThan(0.8 * bare.score(PrunableCases.data(50)));
    }

    @Test
    void iteratorsOfSeveralArraysServeGraphs() {
        ComputationGraph graph = PrunableCases.graph(new Adam(0.01));
        Sparsity sparsity = FishLegSurgeon.prune(
                graph,
                new MultiDataSetIteratorAdapter(PrunableCases.iterator(PrunableCases.data(1))),
                PrunableCases.options(0.5).include("hidden").build());
        assertThat(sparsity.layers())
                .filteredOn(layer -> layer.parameter().equals("W"))
                .extracting(LayerSparsity::zeros)
                .containsExactly(24L, 0L);
    }

    static Stream<IUpdater> updaters() {
        return Stream.of(
                new Adam(0.01), new Sgd(0.1), FishLeg.builder().updateEvery(3).build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void gradualPruningContinuesWhereItStopped(IUpdater updater, @TempDir Path directory) throws Exception {
        MultiLayerNetwork whole = PrunableCases.dense(updater.clone());
        whole.setListeners(new CurvatureListener(), gradual());
        fit(whole, 0, 30);

        MultiLayerNetwork first = PrunableCases.dense(updater.clone());
        FishLegSurgeon surgeon = gradual();
        first.setListeners(new CurvatureListener(), surgeon);
        fit(first, 0, 15);
        File file = directory.resolve("model.zip").toFile();
        ModelSerializer.writeModel(first, file, true);
        MultiLayerNetwork second = ModelSerializer.restoreMultiLayerNetwork(file, true);
        second.setListeners(new CurvatureListener(), throughBytes(surgeon));
        fit(second, 15, 30);

        assertThat(Sparsity.of(whole).zeros()).isEqualTo(Math.round(0.75 * WEIGHTS));
        assertThatMatrix(second.params()).isBitEqualTo(whole.params());
    }

    private static FishLegSurgeon gradual() {
        return new FishLegSurgeon.Builder()
                .sparsity(0.75)
                .schedule(PruningSchedule.cubic(5, 25, 4).increments(2))
                .batchSize(40)
                .importance(Importance.inverse(new LearnedInverse().withSteps(10, 3)))
                .build();
    }

    private static void fit(MultiLayerNetwork network, int from, int to) {
        for (int i = from; i < to; i++) {
            network.fit(PrunableCases.data(200 + i));
        }
    }

    private static FishLegSurgeon throughBytes(FishLegSurgeon surgeon) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(surgeon);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (FishLegSurgeon) in.readObject();
        }
    }

    @Test
    void structuresAndScopes() {
        MultiLayerNetwork pattern = trained();
        Sparsity half = prune(
                pattern,
                PrunableCases.options(0.9)
                        .structure(PruningStructure.keepNOfM(2, 4))
                        .increments(2)
                        .build());
        // rows of 6 inputs lose 2 of 4 and 0 of 2, rows of 8 inputs lose 4
        assertThat(half.zeros()).isEqualTo(8 * 2 + 3 * 4);
        assertGroups(pattern.getLayer(1).getParam("W"), 4, 2);

        MultiLayerNetwork blocks = trained();
        prune(
                blocks,
                PrunableCases.options(0.5).structure(PruningStructure.blocks(2)).build());
        assertBlocks(blocks.getLayer(0).getParam("W"));

        MultiLayerNetwork layers = trained();
        Sparsity each = prune(
                layers, PrunableCases.options(0.5).scope(PruningScope.PER_LAYER).build());
        assertThat(each.layers())
                .filteredOn(layer -> layer.parameter().equals("W"))
                .extracting(LayerSparsity::sparsity)
                .containsExactly(0.5, 0.5);

        MultiLayerNetwork kept = trained();
        Sparsity most = prune(kept, PrunableCases.options(0.6).minKeep(14).build());
        assertThat(most.layers())
                .filteredOn(layer -> layer.parameter().equals("W"))
                .allSatisfy(layer -> assertThat(layer.weights() - layer.zeros()).isGreaterThanOrEqualTo(14));
    }

    private static void assertGroups(INDArray weights, int group, int kept) {
        for (int output = 0; output < weights.size(1); output++) {
            for (int start = 0; start + group <= weights.size(0); start += group) {
                int nonZero = 0;
                for (int i = start; i < start + group; i++) {
                    nonZero += weights.getDouble(i, output) == 0 ? 0 : 1;
                }
                assertThat(nonZero).isEqualTo(kept);
            }
        }
    }

    private static void assertBlocks(INDArray weights) {
        for (int output = 0; output < weights.size(1); output++) {
            for (int i = 0; i < weights.size(0); i += 2) {
                assertThat(weights.getDouble(i, output) == 0).isEqualTo(weights.getDouble(i + 1, output) == 0);
            }
        }
    }

    @Test
    void misuseIsRefusedByNameAndLeavesTheNetworkAsItWas() {
        MultiLayerNetwork network = trained();
        DataSet good = PrunableCases.data(1);
        assertRefused(network, good, o -> o.include("absent"), "include names the layer 'absent'");
        assertRefused(network, good, o -> o.include("layer0").exclude("layer0"), "both included and excluded");
        assertRefused(network, good, o -> o.exclude("layer0", "layer1"), "no layer is left to prune");
        assertRefused(network, good, o -> o.sparsity(0.99).minKeep(20), "lower the sparsity or minKeep");
        DataSet narrow = new DataSet(RandomMatrices.gaussian(4, 5, 1), Nd4j.ones(DataType.DOUBLE, 4, 3));
        assertRefused(network, narrow, o -> o, "data do not fit the network: one example has features [[1, 5]]");
        DataSet unlabelled = new DataSet(RandomMatrices.gaussian(4, 6, 1), null);
        assertRefused(network, unlabelled, o -> o, "without labels");
        DataSet poisoned = PrunableCases.data(2);
        poisoned.getFeatures().putScalar(0, Double.NaN);
        assertThatThrownBy(() ->
                        prune(network, poisoned, PrunableCases.options(0.5).build()))
                .isInstanceOfAny(ArithmeticException.class, IllegalArgumentException.class)
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> FishLegSurgeon.prune(
                        network,
                        new ViewIterator(good, 10) {
                            @Override
                            public boolean hasNext() {
                                return false;
                            }
                        },
                        PrunableCases.options(0.5).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data is empty");
        assertThat(Sparsity.of(network).zeros()).isZero();
        assertThat(network.getLayerWiseConfigurations()).isEqualTo(trained().getLayerWiseConfigurations());

        prune(network, PrunableCases.options(0.5).build());
        assertRefused(network, good, o -> o.sparsity(0.3), "has reached 0.5 already");
        network.setListeners(gradualTo(0.3));
        assertThatThrownBy(() -> network.fit(good)).hasMessageContaining("has reached 0.5 already");

        MultiLayerNetwork raw =
                new MultiLayerNetwork(network.getLayerWiseConfigurations().clone());
        assertThatThrownBy(() -> prune(raw, PrunableCases.options(0.5).build()))
                .hasMessageContaining("not initialised");
        MultiLayerNetwork normalised = PrunableCases.normalised(new Adam(0.01));
        assertRefused(
                normalised,
                good,
                o -> o.include("layer1"),
                "layer 'layer1' is a BatchNormalization, which cannot be pruned");
    }

    private static FishLegSurgeon gradualTo(double sparsity) {
        return new FishLegSurgeon.Builder()
                .sparsity(sparsity)
                .schedule(PruningSchedule.at(0))
                .build();
    }

    @Test
    void buildersCheckTheirArguments() {
        for (double value : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> PruningOptions.builder().sparsity(value))
                    .hasMessageContaining("sparsity must lie in [0, 1) but is " + value);
        }
        assertThatThrownBy(() -> PruningSchedule.cubic(10, 10, 1)).hasMessageContaining("end must come after start");
        assertThatThrownBy(() -> PruningSchedule.linear(10, 4, 1)).hasMessageContaining("end must come after start");
        assertThatThrownBy(() -> PruningSchedule.at(-1)).hasMessageContaining("start must be at least 0 but is -1");
        assertThat(PruningStructure.blocks(1)).isEqualTo(new PruningStructure.Blocks(1));
        assertThatThrownBy(() -> PruningSchedule.linear(-1, 4, 1)).hasMessageContaining("start must be at least 0");
        assertThatThrownBy(() -> PruningSchedule.linear(0, 4, 0)).hasMessageContaining("every must be at least 1");
        assertThatThrownBy(() -> PruningSchedule.at(0).increments(0)).hasMessageContaining("increments must be");
        assertThatThrownBy(() -> PruningOptions.builder().increments(0)).hasMessageContaining("increments must be");
        assertThatThrownBy(() -> PruningOptions.builder().minKeep(-1)).hasMessageContaining("minKeep");
        assertThatThrownBy(() -> PruningOptions.builder().batchSize(0)).hasMessageContaining("batchSize");
        assertThatThrownBy(() -> PruningOptions.builder().maxExamples(0)).hasMessageContaining("maxExamples");
        assertThatThrownBy(() -> PruningStructure.keepNOfM(4, 4)).hasMessageContaining("1 <= kept < group");
        assertThatThrownBy(() -> PruningStructure.blocks(0)).hasMessageContaining("size must be at least 1");
    }

    @Test
    void schedulesGrowToTheirTarget() {
        PruningSchedule cubic = PruningSchedule.cubic(100, 200, 30);
        assertThat(List.of(100, 130, 160, 190, 200)).allMatch(cubic::isEvent);
        assertThat(List.of(99, 101, 199, 201, 220)).noneMatch(cubic::isEvent);
        assertThat(cubic.sparsity(100, 0.8)).isZero();
        assertThat(cubic.sparsity(150, 0.8)).isCloseTo(0.8 * (1 - 0.125), within(1e-15));
        assertThat(cubic.sparsity(200, 0.8)).isEqualTo(0.8);
        assertThat(PruningSchedule.linear(100, 200, 30).sparsity(125, 0.8)).isCloseTo(0.2, within(1e-15));
        assertThat(PruningSchedule.at(7).sparsity(7, 0.8)).isEqualTo(0.8);
        assertThat(List.of(199, 200, 201)).map(cubic::isOver).containsExactly(false, true, true);
        assertThat(List.of(199, 200, 201)).map(cubic::isPast).containsExactly(false, false, true);
        assertThat(cubic.increments(3))
                .hasToString("PruningSchedule(CUBIC, from 100 to 200, every 30, increments 3)")
                .returns(3, PruningSchedule::increments);
        assertThat(PruningSchedule.at(0).increments(1).increments()).isEqualTo(1);
    }

    private static void assertRefused(
            MultiLayerNetwork network, DataSet data, UnaryOperator<PruningOptions.Builder> change, String message) {
        INDArray before = network.params().dup();
        assertThatThrownBy(() -> prune(
                        network, data, change.apply(PrunableCases.options(0.5)).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    private static MultiLayerNetwork trained() {
        MultiLayerNetwork network = PrunableCases.dense(new Adam(0.02));
        for (int i = 0; i < 150; i++) {
            network.fit(PrunableCases.data(i % 10));
        }
        return network;
    }

    private static Sparsity prune(MultiLayerNetwork network, PruningOptions options) {
        return prune(network, PrunableCases.data(1), options);
    }

    private static Sparsity prune(MultiLayerNetwork network, DataSet data, PruningOptions options) {
        return FishLegSurgeon.prune(network, PrunableCases.iterator(data), options);
    }
}
