/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.List;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.linalg.QrDecomposition;
import io.github.dl4jcurvature.ncl.KroneckerSum;
import io.github.dl4jcurvature.ncl.StimulusResponseTasks;
import io.github.dl4jcurvature.ncl.TaskMetric;
import io.github.dl4jcurvature.ncl.TaskStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Six stimulus-response tasks with a recurrent network.
 *
 * @param cell kind of the recurrent layer
 * @param units its size
 * @param iterationsPerTask iterations for each task
 */
public record StimulusBenchmark(Cell cell, int units, int iterationsPerTask) implements ContinualBenchmark {
    private static final long TRAIN = 20_000;
    private static final long TEST = 512;
    private static final long VALIDATION_OFFSET = 1000;

    /** Kinds of recurrent layers. */
    public enum Cell {
        /** Simple recurrent units; tanh and an orthogonal start, since rectifiers did not learn to wait in so few iterations. */
        RNN,
        /** Long short-term memory. */
        LSTM
    }

    @Override
    public String name() {
        return "stimulus-response, %s".formatted(cell);
    }

    /** All trials are fresh; those for the choice of settings have seeds of their own. */
    @Override
    public TaskStream stream(boolean validation, long seed) {
        return StimulusResponseTasks.stream(TRAIN, TEST, validation ? seed + VALIDATION_OFFSET : seed, DataType.FLOAT);
    }

    /** One at a time, for the host's generator of initial weights is global. */
    @Override
    public Model network(IUpdater updater, long seed) {
        synchronized (StimulusBenchmark.class) {
            return initialised(updater, seed);
        }
    }

    private Model initialised(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.XAVIER)
                .updater(updater)
                .list()
                .layer(recurrent())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(StimulusResponseTasks.OUTPUTS)
                        .build())
                .setInputType(InputType.recurrent(StimulusResponseTasks.INPUTS))
                .build());
        network.init();
        if (cell == Cell.RNN) {
            network.getLayer(0)
                    .getParam(SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY)
                    .assign(orthogonal(seed));
        }
        return network;
    }

    /** A random orthogonal matrix. */
    private INDArray orthogonal(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] gaussian = new double[units * units];
        for (int i = 0; i < gaussian.length; i++) {
            gaussian[i] = random.nextGaussian();
        }
        INDArray matrix = Nd4j.createFromArray(gaussian).reshape('c', units, units);
        return QrDecomposition.of(matrix).q();
    }

    private Layer recurrent() {
        return cell == Cell.LSTM
                ? new LSTM.Builder().nOut(units).activation(Activation.TANH).build()
                : new SimpleRnn.Builder()
                        .nOut(units)
                        .activation(Activation.TANH)
                        .build();
    }

    @Override
    public TaskMetric metric() {
        return StimulusResponseTasks.correct();
    }

    @Override
    public int batchSize() {
        return 32;
    }

    @Override
    public KroneckerSum kroneckerSum() {
        return KroneckerSum.KL;
    }

    @Override
    public int fisherExamples() {
        return 512;
    }

    @Override
    public ISchedule schedule(double rate) {
        return new WarmUpAndDecay(rate, iterationsPerTask);
    }

    @Override
    public List<Double> stabilities(StabilityKind kind) {
        return switch (kind) {
            case SIZE -> List.of(1000.0, 3000.0);
            case WEIGHT -> List.of(1.0, 10.0);
            case DAMPING -> List.of(100.0, 300.0);
            case NONE -> kind.grid();
        };
    }

    @Override
    public List<Double> rates() {
        return List.of(0.005, 0.01);
    }

    @Override
    public List<Double> adaptiveRates() {
        return List.of(1e-3, 2e-3);
    }
}
