/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.List;

import io.github.dl4jcurvature.examples.data.ShuffledIterator;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * One network under training by one updater; can be continued step by step.
 *
 * <p>Initial parameters and the sequence of batches are functions of the task and the seed, not of the updater. FishLeg
 * takes its Fisher statistics on random training inputs. The clock runs during training steps only.
 */
public final class TrainingRun {
    private static final double NANOS = 1e9;

    private final LearningTask task;
    private final MultiLayerNetwork network;
    private final ShuffledIterator batches;
    private final LearningCurve curve = new LearningCurve();
    private int steps;
    private long nanos;

    /**
     * Prepares a run; nothing is trained yet.
     *
     * @param task data and network
     * @param updater configuration; a copy is used
     * @param seed decides initial parameters and batches
     */
    public TrainingRun(LearningTask task, IUpdater updater, long seed) {
        this.task = task;
        network = task.design().network(updater.clone(), seed);
        if (updater instanceof FishLeg) {
            network.addListeners(
                    new CurvatureListener().auxiliaryInputs(task.train().getFeatures()));
        }
        batches = new ShuffledIterator(task.train(), task.batchSize(), seed);
    }

    /**
     * Takes some steps.
     *
     * @param count how many
     * @return this run
     */
    public TrainingRun trainSteps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
        return this;
    }

    /**
     * Takes steps until the clock shows a time.
     *
     * @param seconds time in total, steps taken before included
     * @return this run
     */
    public TrainingRun trainUntil(double seconds) {
        while (seconds() < seconds) {
            step();
        }
        return this;
    }

    private void step() {
        if (!batches.hasNext()) {
            batches.reset();
        }
        DataSet batch = batches.next();
        long start = System.nanoTime();
        network.fit(batch);
        nanos += System.nanoTime() - start;
        steps++;
    }

    /**
     * Adds the present losses to the curve.
     *
     * @return this run
     */
    public TrainingRun record() {
        curve.add(new LearningCurve.Point(steps, seconds(), loss(task.train()), loss(task.test())));
        return this;
    }

    /**
     * Losses recorded so far.
     *
     * @return live view
     */
    public LearningCurve curve() {
        return curve;
    }

    /**
     * Steps taken.
     *
     * @return number of updates
     */
    public int steps() {
        return steps;
    }

    /**
     * Time spent in steps.
     *
     * @return seconds
     */
    public double seconds() {
        return nanos / NANOS;
    }

    /**
     * Mean time of a step.
     *
     * @return milliseconds, 0 before the first step
     */
    public double millisecondsPerStep() {
        return steps == 0 ? 0 : 1e3 * seconds() / steps;
    }

    /**
     * Present loss of some examples: mean over examples, sum over outputs, in nats.
     *
     * @param examples features and labels
     * @return loss, not a number if training diverged
     */
    public double loss(DataSet examples) {
        return task.design().hasBernoulliOutputs()
                ? BernoulliLoss.mean(logits(examples.getFeatures()), examples.getLabels())
                : network.score(examples, false);
    }

    private INDArray logits(INDArray features) {
        int last = network.getnLayers() - 1;
        List<INDArray> activations = network.feedForwardToLayer(last - 1, features, false);
        INDArray hidden = activations.get(activations.size() - 1);
        INDArray bias = network.getLayer(last).getParam("b");
        return hidden.mmul(network.getLayer(last).getParam("W")).addiRowVector(bias.reshape(1, bias.length()));
    }

    /**
     * Present fraction of examples whose most probable class is right.
     *
     * @param examples features and one-hot labels
     * @return in [0, 1]
     */
    public double accuracy(DataSet examples) {
        Evaluation evaluation = new Evaluation();
        evaluation.eval(examples.getLabels(), network.output(examples.getFeatures()));
        return evaluation.accuracy();
    }

    /**
     * Size of the network.
     *
     * @return number of parameters
     */
    public long parameters() {
        return network.numParams();
    }

    /**
     * Size of the updater's state.
     *
     * @return number of elements
     */
    public long stateLength() {
        return network.getUpdater().getStateViewArray().length();
    }
}
