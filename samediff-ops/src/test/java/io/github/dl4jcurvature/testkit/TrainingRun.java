/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Training of one small network on a fixed cycle of minibatches. */
final class TrainingRun {
    private static final int BATCHES = 4;
    private static final int EXAMPLES = 8;

    private final HostNetwork host;
    private final Model model;
    private final List<DataSet> batches;
    private int iteration;

    private TrainingRun(HostNetwork host, Model model, List<DataSet> batches, int iteration) {
        this.host = host;
        this.model = model;
        this.batches = batches;
        this.iteration = iteration;
    }

    /** Starts from parameters that depend on neither the host's initialiser nor its network class. */
    static TrainingRun start(HostNetwork host, IUpdater updater, DataType type, Consumer<Model> prepare) {
        Model model = host.create(updater, type);
        INDArray parameters = RandomMatrices.gaussian(new long[] {1, model.numParams()}, 7)
                .muli(0.5)
                .castTo(type);
        model.setParams(parameters);
        prepare.accept(model);
        return new TrainingRun(host, model, batches(type), 0);
    }

    private static List<DataSet> batches(DataType type) {
        return LongStream.range(0, BATCHES).mapToObj(seed -> batch(seed, type)).toList();
    }

    private static DataSet batch(long seed, DataType type) {
        INDArray features = RandomMatrices.gaussian(EXAMPLES, HostNetwork.INPUTS, seed);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, HostNetwork.CLASSES);
        SplittableRandom random = new SplittableRandom(seed);
        IntStream.range(0, EXAMPLES)
                .forEach(row -> labels.putScalar(new int[] {row, random.nextInt(HostNetwork.CLASSES)}, 1));
        return new DataSet(features.castTo(type), labels.castTo(type));
    }

    TrainingRun trainTo(int end) {
        for (; iteration < end; iteration++) {
            ((NeuralNetwork) model).fit(batches.get(iteration % BATCHES));
        }
        return this;
    }

    byte[] save() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ModelSerializer.writeModel(model, bytes, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A run that continues from what was saved at the present iteration. */
    TrainingRun restored(byte[] saved, Consumer<Model> prepare) {
        try {
            return continued(host.restore(saved), prepare);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A run that continues on the host's own clone of the network. */
    TrainingRun cloned(Consumer<Model> prepare) {
        return continued(
                model instanceof MultiLayerNetwork network ? network.clone() : clone((ComputationGraph) model),
                prepare);
    }

    /** The clone of a graph starts counting at 0, which schedules and bias corrections would notice. */
    private static ComputationGraph clone(ComputationGraph graph) {
        ComputationGraph clone = graph.clone();
        clone.getConfiguration().setIterationCount(graph.getConfiguration().getIterationCount());
        clone.getConfiguration().setEpochCount(graph.getConfiguration().getEpochCount());
        return clone;
    }

    private TrainingRun continued(Model other, Consumer<Model> prepare) {
        prepare.accept(other);
        return new TrainingRun(host, other, batches, iteration);
    }

    /** Removes and returns the listeners: a graph and its clone share one list of them. */
    List<TrainingListener> takeListeners() {
        List<TrainingListener> listeners = List.copyOf(
                model instanceof MultiLayerNetwork network
                        ? network.getListeners()
                        : ((ComputationGraph) model).getListeners());
        model.setListeners(List.of());
        return listeners;
    }

    TrainingRun withListeners(List<TrainingListener> listeners) {
        model.setListeners(listeners);
        return this;
    }

    List<DataSet> batches() {
        return batches;
    }

    INDArray parameters() {
        return model.params().dup();
    }

    /** Checks that parameters and updater state agree bit for bit. */
    void assertBitIdenticalTo(TrainingRun other, String circumstance) {
        assertThat(iteration).isEqualTo(other.iteration);
        assertThatMatrix(model.params()).as("parameters, " + circumstance).isBitEqualTo(other.model.params());
        INDArray state = ((NeuralNetwork) model).updaterState();
        INDArray otherState = ((NeuralNetwork) other.model).updaterState();
        if (otherState == null) {
            assertThat(state).as("updater state, " + circumstance).isNull();
        } else {
            assertThatMatrix(state).as("updater state, " + circumstance).isBitEqualTo(otherState);
        }
    }
}
