/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What the host expects of every updater configuration and its updater, inherited by the test of each.
 *
 * <p>Sub-classes supply configurations and a hook that makes a network ready for training. All training is on a
 * 5-7-4-3 classifier with four minibatches of eight examples.
 */
public abstract class UpdaterContract {
    /** Long enough for work done every few iterations to happen several times after each save. */
    private static final int END = 30;

    /** Before, at and after multiples of 5 and 10, the usual periods of internal work. */
    private static final int[] SAVE_POINTS = {1, 5, 10, 11, 13};

    private static final String HOSTS_AND_TYPES = "io.github.dl4jcurvature.testkit.UpdaterContract#hostsAndTypes";

    /** For sub-classes. */
    protected UpdaterContract() {}

    /**
     * Configuration under test.
     *
     * @return a fresh one at every call, equal to the ones before, with no field at its default
     */
    protected abstract IUpdater updater();

    /**
     * Configurations that each differ from {@link #updater()} in exactly one field, every field in turn.
     *
     * @return one configuration per field
     */
    protected abstract Iterable<IUpdater> variants();

    /**
     * Makes an initialised, restored or cloned network ready for training, for example by adding a listener.
     *
     * @param model network that will be trained
     */
    protected void prepare(Model model) {}

    static Stream<Arguments> hostsAndTypes() {
        return Stream.of(HostNetwork.values())
                .flatMap(host -> Stream.of(DataType.DOUBLE, DataType.FLOAT).map(type -> Arguments.of(host, type)));
    }

    @Test
    void multiLayerConfigurationSurvivesJsonAndYaml() {
        configurations().forEach(updater -> {
            MultiLayerConfiguration original = HostNetwork.multiLayer(updater, DataType.DOUBLE);
            for (MultiLayerConfiguration copy : List.of(
                    MultiLayerConfiguration.fromJson(original.toJson()),
                    MultiLayerConfiguration.fromYaml(original.toYaml()))) {
                assertThat(copy).isEqualTo(original);
                assertThat(((BaseLayer) copy.getConf(0).getLayer()).getIUpdater())
                        .isEqualTo(updater)
                        .isNotSameAs(updater);
            }
        });
    }

    @Test
    void graphConfigurationSurvivesJsonAndYaml() {
        configurations().forEach(updater -> {
            ComputationGraphConfiguration original = HostNetwork.graph(updater, DataType.DOUBLE);
            for (ComputationGraphConfiguration copy : List.of(
                    ComputationGraphConfiguration.fromJson(original.toJson()),
                    ComputationGraphConfiguration.fromYaml(original.toYaml()))) {
                assertThat(copy).isEqualTo(original);
            }
        });
    }

    @Test
    void equalityRespectsEveryField() {
        List<IUpdater> all = configurations().toList();
        assertThat(updater()).isEqualTo(updater()).hasSameHashCodeAs(updater());
        assertThat(updater()).isNotEqualTo(null).isNotEqualTo("another type");
        assertThat(all).as("configurations are pairwise different").doesNotHaveDuplicates();
        assertThat(all.size()).as("there is at least one variant").isGreaterThan(1);
    }

    @Test
    void clonesAreEqualToTheOriginal() {
        configurations().forEach(updater -> {
            IUpdater clone = updater.clone();
            assertThat(clone).isNotSameAs(updater).hasSameClassAs(updater);
            assertThat(clone).isEqualTo(updater).hasSameHashCodeAs(updater);
        });
    }

    @Test
    void changingTheRateOfACloneLeavesTheOriginal() {
        IUpdater original = updater();
        assumeTrue(original.hasLearningRate(), "the updater has no learning rate");
        IUpdater clone = original.clone();

        clone.setLrAndSchedule(0.375, null);
        assertThat(clone.getLearningRate(0, 0)).isEqualTo(0.375);
        assertThat(clone).isNotEqualTo(original);

        ISchedule schedule = new ExponentialSchedule(ScheduleType.ITERATION, 0.375, 0.5);
        clone.setLrAndSchedule(Double.NaN, schedule);
        assertThat(clone.getLearningRate(2, 0)).isEqualTo(schedule.valueAt(2, 0));
        assertThat(original).isEqualTo(updater());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource(HOSTS_AND_TYPES)
    void trainingIsDeterministicAndMovesParameters(HostNetwork host, DataType type) {
        TrainingRun run = start(host, type);
        INDArray before = run.parameters();
        run.trainTo(END).assertBitIdenticalTo(start(host, type).trainTo(END), "second run");
        assertThat(run.parameters()).as("parameters after training").isNotEqualTo(before);
    }

    /**
     * Both classes perform the same operations, so that the bound only leaves room for another order of summation:
     * 30 steps times about 100 rounding errors, amplified a few times, are about 1e-12 in double and 1e-3 in float.
     * A state that is mixed up between layers errs by the size of an update, some 1e-2.
     */
    @ParameterizedTest
    @EnumSource(names = {"DOUBLE", "FLOAT"})
    void graphFollowsTheTrajectoryOfTheMultiLayerNetwork(DataType type) {
        double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-3;
        TrainingRun multiLayer = start(HostNetwork.MULTI_LAYER, type);
        TrainingRun graph = start(HostNetwork.GRAPH, type);
        for (int iteration = 1; iteration <= END; iteration++) {
            assertThatMatrix(graph.trainTo(iteration).parameters())
                    .as("parameters after iteration %d", iteration)
                    .isWithinRelativeFrobenius(multiLayer.trainTo(iteration).parameters(), tolerance);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource(HOSTS_AND_TYPES)
    void restoredNetworkContinuesBitIdentically(HostNetwork host, DataType type) {
        TrainingRun uninterrupted = start(host, type).trainTo(END);
        TrainingRun saving = start(host, type);
        for (int point : SAVE_POINTS) {
            byte[] saved = saving.trainTo(point).save();
            saving.restored(saved, this::prepare)
                    .trainTo(END)
                    .assertBitIdenticalTo(uninterrupted, "saved and restored after iteration " + point);
        }
        saving.trainTo(END).assertBitIdenticalTo(uninterrupted, "saved on the way");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource(HOSTS_AND_TYPES)
    void clonedNetworkContinuesBitIdentically(HostNetwork host, DataType type) {
        TrainingRun uninterrupted = start(host, type).trainTo(END);
        TrainingRun original = start(host, type);
        for (int point : SAVE_POINTS) {
            List<TrainingListener> listeners = original.trainTo(point).takeListeners();
            original.cloned(this::prepare)
                    .trainTo(END)
                    .assertBitIdenticalTo(uninterrupted, "cloned after iteration " + point);
            original.withListeners(listeners);
        }
        original.trainTo(END).assertBitIdenticalTo(uninterrupted, "cloned on the way");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource(HOSTS_AND_TYPES)
    void trainingLeavesItsDataUnchanged(HostNetwork host, DataType type) {
        TrainingRun run = start(host, type);
        List<DataSet> before = run.batches().stream().map(DataSet::copy).toList();
        run.trainTo(END);
        for (int i = 0; i < before.size(); i++) {
            DataSet after = run.batches().get(i);
            assertThatMatrix(after.getFeatures()).isBitEqualTo(before.get(i).getFeatures());
            assertThatMatrix(after.getLabels()).isBitEqualTo(before.get(i).getLabels());
        }
    }

    private TrainingRun start(HostNetwork host, DataType type) {
        return TrainingRun.start(host, updater(), type, this::prepare);
    }

    private Stream<IUpdater> configurations() {
        return Stream.concat(
                Stream.of(updater()), StreamSupport.stream(variants().spliterator(), false));
    }
}
