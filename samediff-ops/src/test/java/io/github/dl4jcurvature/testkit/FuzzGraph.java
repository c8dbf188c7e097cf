/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThat;

/** A tiny random SameDiff graph of dense layers, with or without biases, and data for it. */
public final class FuzzGraph {
    /** Likelihoods of the labels; the loss is the mean over the examples of their negative logarithm. */
    public enum Loss {
        /** Softmax and cross-entropy. */
        CATEGORICAL,
        /** Sigmoids and cross-entropy. */
        BERNOULLI,
        /** Half the sum of squares. */
        GAUSSIAN
    }

    /** Name of the placeholder of the features. */
    public static final String INPUT = "input";

    /** Name of the placeholder of the labels. */
    public static final String LABELS = "labels";

    /** Name of the predictive variable. */
    public static final String OUTPUT = "z";

    private final FuzzCase drawn;
    private final DataType type;
    private final int inputs;
    private final int outputs;
    private final Loss loss;
    private final List<String> weights = new ArrayList<>();
    private final List<String> biases = new ArrayList<>();

    /**
     * Draws loss and sizes.
     *
     * @param drawn where choices come from
     */
    public FuzzGraph(FuzzCase drawn) {
        this.drawn = drawn;
        type = drawn.any(DataType.FLOAT, DataType.DOUBLE);
        inputs = drawn.width(3);
        outputs = drawn.width(3);
        loss = drawn.any(Loss.values());
    }

    /** The likelihood that the loss is of. */
    public Loss loss() {
        return loss;
    }

    /** Names of the matrices of the graph that was created last, from the inputs on. */
    public List<String> weights() {
        return List.copyOf(weights);
    }

    /** Name of the bias of each matrix, empty where it has none. */
    public List<String> biases() {
        return List.copyOf(biases);
    }

    /**
     * Builds the graph.
     *
     * @param updater of its training configuration
     * @return trainable
     */
    public SameDiff create(IUpdater updater) {
        weights.clear();
        biases.clear();
        SameDiff graph = SameDiff.create();
        SDVariable activation = graph.placeHolder(INPUT, type, -1, inputs);
        SDVariable labels = graph.placeHolder(LABELS, type, -1, outputs);
        int width = inputs;
        for (int depth = drawn.random().nextInt(3); depth > 0; depth--) {
            int next = drawn.width(4);
            SDVariable product = layer(graph, activation, width, next);
            activation = switch (drawn.random().nextInt(3)) {
                case 0 -> graph.math.tanh(product);
                case 1 -> graph.nn.relu(product, 0);
                default -> graph.nn.sigmoid(product);
            };
            width = next;
        }
        SDVariable z = layer(graph, activation, width, outputs);
        z.rename(OUTPUT);
        SDVariable likelihood = negativeLogarithm(graph, z, labels).mean(0);
        likelihood.rename("loss");
        graph.setLossVariables("loss");
        graph.setTrainingConfig(configuration(updater));
        return graph;
    }

    private SDVariable layer(SameDiff graph, SDVariable activation, int from, int to) {
        String weight = "w" + weights.size();
        SDVariable product = activation.mmul(graph.var(weight, noise(from, to)));
        boolean bias = !drawn.rarely();
        biases.add(bias ? "b" + weights.size() : "");
        weights.add(weight);
        return bias ? product.add(graph.var(biases.get(biases.size() - 1), noise(to))) : product;
    }

    private INDArray noise(long... shape) {
        INDArray array = Nd4j.create(type, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, 0.5 * drawn.random().nextGaussian());
        }
        return array;
    }

    private SDVariable negativeLogarithm(SameDiff graph, SDVariable z, SDVariable labels) {
        return switch (loss) {
            case CATEGORICAL -> graph.nn.logSoftmax(z).mul(labels).sum(1).neg();
            case BERNOULLI -> graph.nn.softplus(z).sub(z.mul(labels)).sum(1);
            case GAUSSIAN -> graph.math.square(z.sub(labels)).sum(1).mul(0.5);
        };
    }

    private TrainingConfig configuration(IUpdater updater) {
        TrainingConfig.Builder builder = TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping(INPUT)
                .dataSetLabelMapping(LABELS);
        List<Consumer<TrainingConfig.Builder>> options =
                List.of(b -> b.l2(0.01), b -> b.l1(0.01), b -> b.weightDecay(0.01, true), b -> b.minimize(false));
        if (drawn.random().nextInt(4) == 0) {
            options.get(drawn.random().nextInt(options.size())).accept(builder);
        }
        return builder.build();
    }

    /**
     * Draws data for it; nothing in them may change.
     *
     * @return features and labels
     */
    public DataSet data() {
        int batch = drawn.rarely() ? drawn.random().nextInt(2) : drawn.width(4);
        INDArray features = drawn.array(type, batch, inputs);
        return new DataSet(features, drawn.rarely() ? drawn.array(type, batch, outputs) : oneHot(batch));
    }

    private INDArray oneHot(int batch) {
        INDArray labels = Nd4j.zeros(type, batch, outputs);
        for (int example = 0; example < batch; example++) {
            labels.putScalar(example, drawn.random().nextInt(outputs), 1);
        }
        return labels.isEmpty() ? labels : drawn.watch(drawn.stored(labels));
    }

    /**
     * Fits once; parameters have no NaN afterwards, and are as before if it is refused. A batch without examples is left out if no listener
     * refuses it: the host's softmax of nothing ends the process, and nothing of the library is asked before.
     *
     * @param graph to be trained, of this design
     * @param data for it
     */
    public void fit(SameDiff graph, DataSet data) {
        if (!data.getFeatures().isEmpty() || !graph.getListeners().isEmpty()) {
            unchangedOnRefusal(graph, () -> graph.fit(data));
        }
    }

    /**
     * Does something that may be refused; parameters have no NaN afterwards, and are as before if it is.
     *
     * @param graph of this design
     * @param action what may be refused
     */
    public void unchangedOnRefusal(SameDiff graph, Runnable action) {
        double[] before = parameters(graph);
        try {
            action.run();
        } catch (RuntimeException refused) {
            assertThat(parameters(graph)).as("parameters after: %s", refused).containsExactly(before);
            throw refused;
        }
        assertThat(parameters(graph)).as("parameters").doesNotContain(Double.NaN);
    }

    private double[] parameters(SameDiff graph) {
        List<INDArray> arrays = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            arrays.add(graph.getVariable(weights.get(i)).getArr());
            if (!biases.get(i).isEmpty()) {
                arrays.add(graph.getVariable(biases.get(i)).getArr());
            }
        }
        return arrays.stream()
                .map(FuzzCase::numbers)
                .flatMapToDouble(java.util.Arrays::stream)
                .toArray();
    }
}
