/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Removed weights stay exactly zero, whatever trains, saves or copies the network. */
class MaskPersistenceTest {

    static Stream<IUpdater> updaters() {
        return Stream.of(
                new Adam(0.01),
                new Sgd(0.1),
                new Nesterovs(0.05, 0.9),
                new RmsProp(0.01),
                FishLeg.builder().updateEvery(2).startAsSgd(0.1).build(),
                FishLeg.builder()
                        .updateEvery(2)
                        .probe(FishLeg.Probe.GAUSSIAN)
                        .form(FishLeg.Form.SCALED_KRONECKER)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void masksHoldThroughTrainingSavingAndCloning(IUpdater updater, @TempDir Path directory) throws Exception {
        for (Model model : new Model[] {PrunableCases.dense(updater.clone()), PrunableCases.graph(updater.clone())}) {
            train(model, 6);
            FishLegSurgeon.prune(
                    model,
                    PrunableCases.iterator(PrunableCases.data(1)),
                    PrunableCases.options(0.5).build());
            boolean[] alive = alive(model);
            assertHeld(model, alive);

            train(model, 8);
            assertHeld(model, alive);

            Model loaded = saveAndLoad(model, directory.resolve("model.zip").toFile());
            assertThat(alive(loaded)).isEqualTo(alive);
            Model copy = copy(model);
            assertThat(alive(copy)).isEqualTo(alive);
            train(model, 5);
            train(loaded, 5);
            train(copy, 5);
            assertHeld(loaded, alive);
            assertThatMatrix(loaded.params()).isBitEqualTo(model.params());
            assertHeld(copy, alive);
        }
    }

    @Test
    void masksAreInTheJsonAndYamlOfTheConfiguration() {
        MultiLayerNetwork network = PrunableCases.dense(new Adam(0.01));
        ComputationGraph graph = PrunableCases.graph(new Adam(0.01));
        for (Model model : new Model[] {network, graph}) {
            FishLegSurgeon.prune(
                    model,
                    PrunableCases.iterator(PrunableCases.data(1)),
                    PrunableCases.options(0.4).build());
        }

        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(
                network.getLayerWiseConfigurations().toJson());
        assertThat(read).isEqualTo(network.getLayerWiseConfigurations());
        assertThat(MultiLayerConfiguration.fromYaml(
                        network.getLayerWiseConfigurations().toYaml()))
                .isEqualTo(read);
        MultiLayerNetwork other = new MultiLayerNetwork(read);
        other.init();
        assertThat(alive(other)).isEqualTo(alive(network));
        ComputationGraphConfiguration graphRead =
                ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson());
        assertThat(graphRead).isEqualTo(graph.getConfiguration());
    }

    @Test
    void recurrentWeightsOfEqualSizeKeepTheirOwnMasks() {
        MultiLayerNetwork network = PrunableCases.recurrent(new Adam(0.01));
        network.fit(PrunableCases.sequences(1));
        FishLegSurgeon.prune(
                network,
                PrunableCases.iterator(PrunableCases.sequences(2)),
                PrunableCases.options(0.6).build());
        boolean[] alive = alive(network);
        assertThat(network.getLayer(0).getParam("W").length())
                .isEqualTo(network.getLayer(0).getParam("RW").length());
        for (int i = 0; i < 5; i++) {
            network.fit(PrunableCases.sequences(3 + i));
            assertHeld(network, alive);
        }
    }

    @Test
    void momentsOfRemovedWeightsAreAndStayZero() {
        MultiLayerNetwork network = PrunableCases.dense(new Adam(0.01));
        train(network, 5);
        FishLegSurgeon.prune(
                network,
                PrunableCases.iterator(PrunableCases.data(1)),
                PrunableCases.options(0.5).build());
        for (int rounds = 0; rounds < 2; rounds++) {
            boolean[] alive = alive(network);
            int moving = 0;
            for (UpdaterBlock block : ((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks()) {
                GradientUpdater<?> stepped = block.getGradientUpdater();
                Map<String, INDArray> state = stepped.getState();
                assertThat(state).containsOnlyKeys("M", "V");
                for (INDArray moment : state.values()) {
                    for (int i = 0; i < moment.length(); i++) {
                        if (!alive[block.getParamOffsetStart() + i]) {
                            assertThat(moment.getDouble(i)).isZero();
                        } else if (moment.getDouble(i) != 0) {
                            moving++;
                        }
                    }
                }
            }
            assertThat(moving).isPositive();
            train(network, 5);
        }
    }

    @Test
    void momentumOfFishLegStaysWithinTheLivingWeights() {
        MultiLayerNetwork network = PrunableCases.dense(
                FishLeg.builder().updateEvery(2).startAsSgd(0.1).build());
        train(network, 5);
        FishLegSurgeon.prune(
                network,
                PrunableCases.iterator(PrunableCases.data(1)),
                PrunableCases.options(0.5).build());
        train(network, 5);
        boolean[] alive = alive(network);
        int header = 4; // counters before the momentum
        for (UpdaterBlock block : ((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks()) {
            GradientUpdater<?> stepped = block.getGradientUpdater();
            INDArray state = stepped.getState().get("FISHLEG");
            int from = block.getParamOffsetStart();
            double living = 0;
            for (int i = 0; i < block.getParamOffsetEnd() - from; i++) {
                if (alive[from + i]) {
                    living += Math.abs(state.getDouble(header + i));
                } else {
                    assertThat(state.getDouble(header + i)).isZero();
                }
            }
            assertThat(living).isPositive();
        }
    }

    @Test
    void sparsityZeroChangesNoBit() {
        MultiLayerNetwork pruned = PrunableCases.dense(new Adam(0.01));
        MultiLayerNetwork untouched = PrunableCases.dense(new Adam(0.01));
        train(pruned, 3);
        train(untouched, 3);
        FishLegSurgeon.prune(
                pruned,
                PrunableCases.iterator(PrunableCases.data(1)),
                PrunableCases.options(0).build());
        pruned.addListeners(new FishLegSurgeon.Builder()
                .sparsity(0)
                .schedule(PruningSchedule.cubic(4, 8, 2))
                .build());
        train(pruned, 10);
        train(untouched, 10);
        assertThatMatrix(pruned.params()).isBitEqualTo(untouched.params());
        assertThat(pruned.getLayerWiseConfigurations()).isEqualTo(untouched.getLayerWiseConfigurations());
    }

    static void train(Model model, int iterations) {
        if (model instanceof MultiLayerNetwork network && network.getListeners().isEmpty()) {
            network.addListeners(new CurvatureListener());
        } else if (model instanceof ComputationGraph graph
                && graph.getListeners().isEmpty()) {
            graph.addListeners(new CurvatureListener());
        }
        for (int i = 0; i < iterations; i++) {
            DataSet batch = PrunableCases.data(100 + i);
            if (model instanceof MultiLayerNetwork network) {
                network.fit(batch);
            } else {
                ((ComputationGraph) model).fit(batch);
            }
        }
    }

    static boolean[] alive(Model model) {
        return new NetworkMasks(PrunableNetwork.of(model)).alive();
    }

    static void assertHeld(Model model, boolean[] alive) {
        INDArray parameters = model.params().reshape(model.numParams());
        int removed = 0;
        for (int i = 0; i < alive.length; i++) {
            if (!alive[i]) {
                removed++;
                assertThat(parameters.getDouble(i)).isZero();
            }
        }
        assertThat(removed).isPositive();
    }

    private static Model saveAndLoad(Model model, File file) throws Exception {
        ModelSerializer.writeModel(model, file, true);
        return model instanceof MultiLayerNetwork
                ? ModelSerializer.restoreMultiLayerNetwork(file, true)
                : ModelSerializer.restoreComputationGraph(file, true);
    }

    private static Model copy(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            return network.clone();
        }
        ComputationGraph copy = ((ComputationGraph) model).clone();
        copy.setListeners(new CurvatureListener()); // the host's clone has listeners but does not call all of them
        return copy;
    }
}
