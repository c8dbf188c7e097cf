/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.List;

import io.github.dl4jcurvature.ncl.ContinualLearner;
import io.github.dl4jcurvature.ncl.EvaluationMatrix;
import io.github.dl4jcurvature.ncl.KroneckerSum;
import io.github.dl4jcurvature.ncl.TaskMetric;
import io.github.dl4jcurvature.ncl.TaskStream;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.LoggerFactory;

/** A stream of tasks with a network for it. */
public interface ContinualBenchmark {

    /** Name in tables. */
    String name();

    /**
     * The tasks.
     *
     * @param validation whether they are judged by data held out of the training data, for the choice of settings
     * @param seed of the data or its split
     */
    TaskStream stream(boolean validation, long seed);

    /** A network with initial weights of the given seed. */
    Model network(IUpdater updater, long seed);

    /** How tasks are judged. */
    TaskMetric metric();

    int batchSize();

    int iterationsPerTask();

    /** How Fisher information is added. */
    KroneckerSum kroneckerSum();

    /** Examples for the Fisher information of a task; 0 for all. */
    int fisherExamples();

    /** Rates of learners with plain steps. */
    List<Double> rates();

    /** Rates of learners with Adam's steps. */
    List<Double> adaptiveRates();

    /** Values of a stability that are tried, the least stable first. */
    default List<Double> stabilities(StabilityKind kind) {
        return kind.grid();
    }

    /** How a rate changes with iterations; null if it does not. */
    default @Nullable ISchedule schedule(double rate) {
        return null;
    }

    /** Trains a learner; null if it diverged. */
    default @Nullable EvaluationMatrix run(
            ContinualMethod method, ContinualSetting setting, boolean validation, long seed) {
        Model network = network(method.updater(setting, this), seed);
        try {
            return ContinualLearner.builder(network, stream(validation, seed))
                    .metric(metric())
                    .strategy(method.strategy())
                    .batchSize(batchSize())
                    .iterationsPerTask(iterationsPerTask())
                    .seed(seed)
                    .build()
                    .run();
        } catch (ArithmeticException diverged) {
            LoggerFactory.getLogger(ContinualBenchmark.class)
                    .warn("{}, {}, seed {} counts as diverged: {}", method, setting, seed, diverged.getMessage());
            return null;
        }
    }
}
