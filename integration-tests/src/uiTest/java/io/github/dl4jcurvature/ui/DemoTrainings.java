/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldLatentLayer;
import io.github.dl4jcurvature.gplvm.SparseGpOutputLayer;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import io.github.dl4jcurvature.ncl.ContinualLearner;
import io.github.dl4jcurvature.ncl.EvaluationMatrix;
import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.ncl.TaskStream;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.PruningSchedule;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small trainings of every method that report to a storage as one session. */
final class DemoTrainings {
    static final int BATCH = 100;
    static final int TASKS = 3;
    static final int GAUSS_NEWTON_EPOCHS = 3;

    private static final int BATCHES = 10; // of the 1000 digits for training
    private static final int ITERATIONS_PER_TASK = 100;
    private static final int CHECKPOINTS_PER_TASK = 4;
    private static final int NEURONS = 20;
    private static final int TIMES = 60;

    private final StatsStorageRouter storage;
    private final String session;
    private final int frequency;

    DemoTrainings(StatsStorageRouter storage, String session, int frequency) {
        this.storage = storage;
        this.session = session;
        this.frequency = frequency;
    }

    /** Trains with FishLeg and prunes to 0.9 in the second half. */
    MultiLayerNetwork fishLegWithPruning(int epochs) {
        MultiLayerNetwork network = classifier(new FishLeg(0.05), OpticalDigits.CLASSES);
        int end = epochs * BATCHES;
        FishLegSurgeon surgeon = new FishLegSurgeon.Builder()
                .sparsity(0.9)
                .schedule(PruningSchedule.cubic(end / 2, end - BATCHES, BATCHES))
                .build();
        network.setListeners(new CurvatureListener(), surgeon, listener());
        network.fit(digits(Part.TRAIN, BATCH), epochs);
        return network;
    }

    /** Learns pairs of digits one after another. */
    EvaluationMatrix continual() {
        TaskStream stream = TaskStream.domainIncremental(
                digits(Part.TRAIN, BATCH), digits(Part.TEST, BATCH), new int[][] {{0, 1}, {2, 3}, {4, 5}});
        MultiLayerNetwork network = classifier(new Ncl(0.05, 200), 2);
        CurvatureStatsListener reports = listener();
        network.setListeners(new CurvatureListener(), reports);
        ContinualLearner learner = ContinualLearner.builder(network, stream)
                .batchSize(32)
                .iterationsPerTask(ITERATIONS_PER_TASK)
                .build();
        while (!learner.isFinished()) {
            learner.advance(ITERATIONS_PER_TASK / CHECKPOINTS_PER_TASK);
            reports.report(learner.matrix());
        }
        return learner.matrix();
    }

    /** Trains a reversible network of two blocks. */
    MultiLayerNetwork gaussNewton() {
        MultiLayerNetwork network = new MultiLayerNetwork(RevMlp.builder()
                .nIn(OpticalDigits.PIXELS)
                .nOut(OpticalDigits.CLASSES)
                .blocks(2)
                .hiddenSize(128)
                .updater(new GaussNewton(0.3))
                .build());
        network.init();
        network.setListeners(listener());
        network.fit(digits(Part.TRAIN, BATCH), GAUSS_NEWTON_EPOCHS);
        return network;
    }

    /** Fits latents on a ring. */
    MultiLayerNetwork ring(int iterations) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.05))
                .list()
                .layer(new ManifoldLatentLayer.Builder(Manifold.circle())
                        .timePoints(TIMES)
                        .samples(8)
                        .build())
                .layer(new SparseGpOutputLayer.Builder(Manifold.circle())
                        .nOut(NEURONS)
                        .timePoints(TIMES)
                        .inducing(10)
                        .sharedKernel(true)
                        .collapsed(true)
                        .threads(1)
                        .build())
                .setInputType(InputType.feedForward(1))
                .build());
        network.init();
        network.setListeners(listener());
        DataSet data = new DataSet(
                Nd4j.arange(TIMES).castTo(DataType.DOUBLE).reshape(TIMES, 1),
                SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, 1).data());
        for (int i = 0; i < iterations; i++) {
            network.fit(data);
        }
        return network;
    }

    private CurvatureStatsListener listener() {
        return new CurvatureStatsListener(storage, frequency, session);
    }

    private static OpticalDigitsIterator digits(Part part, int batch) {
        return new OpticalDigitsIterator(batch, part, Target.CLASS, 1);
    }

    private static MultiLayerNetwork classifier(IUpdater updater, int classes) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(OpticalDigits.PIXELS)
                        .nOut(32)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(32)
                        .nOut(classes)
                        .build())
                .build());
        network.init();
        return network;
    }
}
