/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.experiment.Median;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.ncl.TaskData;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Time of a step and of the end of a task for an LSTM layer of 256 units, beside the host's gradient descent. */
public final class NclSpeed {
    private static final int UNITS = 256;
    private static final int INPUTS = 32;
    private static final int CLASSES = 10;
    private static final int STEPS = 50;
    private static final int BATCH = 32;
    private static final int SEQUENCES = 512;
    private static final int CONSOLIDATION_BATCH = 64;
    private static final int WARM_UP = 3;
    private static final int REPETITIONS = 15;
    private static final int CONSOLIDATIONS = 7;
    private static final int FIRST_CONSOLIDATIONS = 13; // until the virtual machine has compiled what they run through

    private NclSpeed() {}

    /**
     * Measures and prints.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        DataSet batch = sequences(BATCH, 1);
        MultiLayerNetwork plain = network(new Sgd(1e-3));
        MultiLayerNetwork natural = network(Ncl.builder()
                .learningRate(1e-3)
                .dataSize(SEQUENCES)
                .fisherLabels(FisherLabels.SAMPLED)
                .build());
        natural.addListeners(new CurvatureListener());
        TaskData task = TaskData.of(sequences(SEQUENCES, 2));

        List<Double> consolidations = new ArrayList<>();
        natural.fit(batch);
        double firstConsolidation = 0;
        for (int i = 0; i < FIRST_CONSOLIDATIONS + CONSOLIDATIONS; i++) {
            long start = System.nanoTime();
            Ncl.endTask(natural, task.iterator(CONSOLIDATION_BATCH));
            natural.fit(batch); // the first step inverts the factors
            double fitted = seconds(start);
            long again = System.nanoTime();
            natural.fit(batch);
            double step = seconds(again);
            if (i == 0) {
                firstConsolidation = fitted - step;
            }
            if (i >= FIRST_CONSOLIDATIONS) {
                consolidations.add(fitted - step);
            }
        }
        List<Double> ratios = new ArrayList<>();
        List<Double> plainSteps = new ArrayList<>();
        List<Double> naturalSteps = new ArrayList<>();
        for (int i = 0; i < WARM_UP + REPETITIONS; i++) {
            double first = step(plain, batch);
            double second = step(natural, batch);
            if (i >= WARM_UP) {
                plainSteps.add(first);
                naturalSteps.add(second);
                ratios.add(second / first);
            }
        }
        System.out.println(Machine.description());
        System.out.println(new Figures()
                .put("sgd.milliseconds", 1e3 * Median.of(plainSteps))
                .put("ncl.milliseconds", 1e3 * Median.of(naturalSteps))
                .put("ratio.lstm256", Median.of(ratios))
                .put("consolidation.first.seconds", firstConsolidation)
                .put("consolidation.seconds", Median.of(consolidations)));
    }

    private static double step(MultiLayerNetwork network, DataSet batch) {
        long start = System.nanoTime();
        network.fit(batch);
        return seconds(start);
    }

    private static double seconds(long since) {
        return 1e-9 * (System.nanoTime() - since);
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(updater)
                .list()
                .layer(new LSTM.Builder()
                        .nOut(UNITS)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.recurrent(INPUTS, STEPS))
                .build());
        network.init();
        return network;
    }

    /** Random sequences with a class for every step. */
    private static DataSet sequences(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] x = new double[count * INPUTS * STEPS];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextGaussian();
        }
        INDArray labels = Nd4j.zeros(DataType.FLOAT, count, CLASSES, STEPS);
        for (int n = 0; n < count; n++) {
            for (int t = 0; t < STEPS; t++) {
                labels.putScalar(new int[] {n, random.nextInt(CLASSES), t}, 1);
            }
        }
        INDArray features = Nd4j.createFromArray(x).castTo(DataType.FLOAT).reshape('c', count, INPUTS, STEPS);
        return new DataSet(features, labels);
    }
}
