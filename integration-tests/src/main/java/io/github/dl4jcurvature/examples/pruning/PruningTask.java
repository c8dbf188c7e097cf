/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import java.util.Arrays;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.examples.data.Permutation;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A classifier to prune: data, architecture and how it is trained. */
public abstract class PruningTask {
    private static final long IN_PLACE_OF_ZERO = 20_260_101; // the host takes 0 for no seed
    private static final int BATCH = 100;

    private final String name;
    private final int steps;
    private final LearnedInverse learned;

    /**
     * Creates the task.
     *
     * @param name for tables and figures
     * @param steps training steps at the higher rate; half as many follow at a lower one
     * @param learned the learned inverse of all methods that have one: fewer steps than its defaults, so that tables can be
     *     computed
     */
    PruningTask(String name, int steps, LearnedInverse learned) {
        this.name = name;
        this.steps = steps;
        this.learned = learned;
    }

    String name() {
        return name;
    }

    /** The learned inverse of all methods that have one. */
    LearnedInverse learned() {
        return learned;
    }

    /** Training examples of a seed. */
    abstract DataSet train(long seed);

    /** Test examples of the same seed. */
    abstract DataSet test(long seed);

    /** The layers. */
    abstract MultiLayerConfiguration layers(NeuralNetConfiguration.Builder builder);

    /** A trained network with its data. */
    record Trained(MultiLayerNetwork network, DataSet train, DataSet test) {

        /** An independent copy of the network. */
        MultiLayerNetwork copy() {
            return network.clone();
        }

        DataSetIterator examples() {
            return new SingletonDataSetIterator(train);
        }

        /** Percentage of test examples that are classified correctly. */
        double accuracy(MultiLayerNetwork candidate) {
            return 100 * candidate.evaluate(new SingletonDataSetIterator(test)).accuracy();
        }
    }

    /** Trains the dense network. */
    Trained trained(long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(layers(new NeuralNetConfiguration.Builder()
                .seed(seed == 0 ? IN_PLACE_OF_ZERO : seed)
                .dataType(DataType.FLOAT)
                .activation(Activation.RELU)
                .weightInit(WeightInit.RELU)
                .updater(new Adam(3e-3))));
        network.init();
        DataSet train = train(seed);
        fit(network, train, steps, 3e-3, seed);
        fit(network, train, steps / 2, 5e-4, ~seed);
        return new Trained(network, train, test(seed));
    }

    /** Trains on random batches of 100. */
    static void fit(MultiLayerNetwork network, DataSet train, int steps, double rate, long seed) {
        network.setLearningRate(rate);
        SplittableRandom random = new SplittableRandom(seed);
        int examples = train.numExamples();
        int[] order = Permutation.random(examples, random);
        int next = 0;
        for (int step = 0; step < steps; step++) {
            if (next + BATCH > examples) {
                order = Permutation.random(examples, random);
                next = 0;
            }
            network.fit(rows(train, Arrays.copyOfRange(order, next, next + BATCH)));
            next += BATCH;
        }
    }

    /** The given examples, in that order. */
    static DataSet rows(DataSet data, int... rows) {
        return new DataSet(rows(data.getFeatures(), rows), rows(data.getLabels(), rows));
    }

    private static INDArray rows(INDArray array, int... rows) {
        long[] shape = array.shape().clone();
        INDArray flat = array.reshape('c', shape[0], array.length() / shape[0]);
        shape[0] = rows.length;
        return Nd4j.pullRows(flat, 1, rows).reshape('c', shape);
    }
}
