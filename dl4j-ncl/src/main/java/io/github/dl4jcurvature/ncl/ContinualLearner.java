/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.checkpoint.AtomicFile;
import io.github.dl4jcurvature.checkpoint.Checkpoint;
import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains one network on a stream of tasks, ends each task, and evaluates all tasks after each.
 *
 * <pre>{@code
 * ContinualLearner learner = ContinualLearner.builder(network, stream).iterationsPerTask(700).build();
 * EvaluationMatrix matrix = learner.run();
 * }</pre>
 *
 * <p>With an {@link Ncl} updater the end of a task consolidates it; with any other updater (Sgd, Adam) the learner is a baseline.
 * {@link #save} may be called between any two iterations, and {@link #resume} goes on to the same bits.
 */
public final class ContinualLearner {
    private static final Logger LOG = LoggerFactory.getLogger(ContinualLearner.class);
    private static final String PROGRESS = "continualLearner";
    private static final int CONSOLIDATION_BATCH = 64;

    private final Model network;
    private final TaskStream stream;
    private final TaskMetric metric;
    private final LearnerSettings settings;
    private final TrainingBatches batches;
    private final EvaluationMatrix matrix;
    private final List<ConsolidationReport> reports = new ArrayList<>();
    private int task;
    private int iteration;

    private ContinualLearner(Model network, TaskStream stream, TaskMetric metric, LearnerProgress progress) {
        this.network = network;
        this.stream = stream;
        this.metric = metric;
        settings = progress.settings();
        batches = new TrainingBatches(stream, settings);
        matrix = progress.matrix();
        task = progress.task();
        iteration = progress.iteration();
        attachListener(network);
        checkScenario();
    }

    /**
     * Starts a learner's settings.
     *
     * @param network an initialised MultiLayerNetwork or ComputationGraph, trained in place; it gets a {@link CurvatureListener} if it
     *     has none
     * @param stream the tasks
     * @return a builder
     */
    public static Builder builder(Model network, TaskStream stream) {
        return new Builder(network, stream);
    }

    private static void attachListener(Model network) {
        List<?> listeners = network instanceof MultiLayerNetwork layers
                ? List.copyOf(layers.getListeners())
                : List.copyOf(((ComputationGraph) network).getListeners());
        if (listeners.stream().noneMatch(CurvatureListener.class::isInstance)) {
            network.addListeners(new CurvatureListener());
        }
    }

    private void checkScenario() {
        if (stream.scenario() == TaskStream.Scenario.CLASS_INCREMENTAL
                && settings.strategy() == LearningStrategy.SEQUENTIAL) {
            LOG.warn(
                    "new classes come with every task and the network is not told the task: regularisation and projection, NCL among them, are known to fail then; use LearningStrategy.REPLAY, or heads with TaskStream.taskIncremental if the task is known");
        }
        for (Task each : stream.tasks()) {
            if (each.output() > 0 && network instanceof MultiLayerNetwork) {
                throw new IllegalArgumentException(
                        "task '%s' is answered by output %d but a MultiLayerNetwork has one output; use a ComputationGraph with a head for each task"
                                .formatted(each.name(), each.output()));
            }
        }
    }

    /**
     * Trains until all tasks are learned.
     *
     * @return the evaluation of all tasks after each
     */
    public EvaluationMatrix run() {
        advance(Long.MAX_VALUE);
        return matrix;
    }

    /**
     * Trains for at most so many iterations; tasks that are finished on the way are ended and evaluated.
     *
     * @param iterations how many, not negative
     * @return whether all tasks are learned
     */
    public boolean advance(long iterations) {
        if (task == 0 && iteration == 0 && !isJoint()) {
            for (int j = 0; j < stream.tasks().size(); j++) {
                matrix.setUntrained(j, metric.of(network, stream.tasks().get(j)));
            }
        }
        for (long done = 0; done < iterations && !isFinished(); done++) {
            step();
        }
        return isFinished();
    }

    private void step() {
        fit(batches.batch(task, iteration));
        iteration++;
        int due = settings.iterationsPerTask() * (isJoint() ? stream.tasks().size() : 1);
        if (settings.evaluateEvery() > 0 && iteration % settings.evaluateEvery() == 0) {
            for (int j = 0; j < task; j++) {
                matrix.observe(j, metric.of(network, stream.tasks().get(j)));
            }
        }
        if (iteration == due) {
            endTask();
        }
    }

    private boolean isJoint() {
        return settings.strategy() == LearningStrategy.JOINT;
    }

    private void fit(MultiDataSet batch) {
        if (network instanceof MultiLayerNetwork layers) {
            layers.fit(batch);
        } else {
            ((ComputationGraph) network).fit(batch);
        }
    }

    private void endTask() {
        if (settings.strategy() == LearningStrategy.SEQUENTIAL
                && !CurvatureBlock.of(network, Ncl.class).isEmpty()) {
            reports.add(Ncl.endTask(
                    network,
                    stream.tasks().get(task).train().iterator(Math.max(settings.batchSize(), CONSOLIDATION_BATCH))));
        }
        for (int j = 0; j < stream.tasks().size(); j++) {
            double value = metric.of(network, stream.tasks().get(j));
            for (int i = isJoint() ? 0 : task; i <= (isJoint() ? stream.tasks().size() - 1 : task); i++) {
                matrix.set(i, j, value);
            }
        }
        LOG.info(
                "learned {} ({} of {}): {} {}",
                isJoint() ? "all tasks" : stream.tasks().get(task).name(),
                isJoint() ? stream.tasks().size() : task + 1,
                stream.tasks().size(),
                metric.name(),
                matrix.get(isJoint() ? stream.tasks().size() - 1 : task, task));
        task = isJoint() ? stream.tasks().size() : task + 1;
        iteration = 0;
    }

    /**
     * Whether all tasks are learned.
     *
     * @return true if there is nothing left to do
     */
    public boolean isFinished() {
        return task == stream.tasks().size();
    }

    /**
     * What has been evaluated so far.
     *
     * @return the matrix, which goes on changing
     */
    public EvaluationMatrix matrix() {
        return matrix;
    }

    /**
     * What the consolidations of this run came to; empty without an {@link Ncl} updater, and from before an interruption.
     *
     * @return one report for each task
     */
    public List<ConsolidationReport> reports() {
        return List.copyOf(reports);
    }

    /**
     * The network.
     *
     * @return the model being trained
     */
    public Model network() {
        return network;
    }

    /**
     * Saves network, updater and progress into one zip, which the host's loaders read, too. The file is replaced as a whole: killed at
     * any moment, the process leaves the old one or the new one.
     *
     * @param file to create or replace
     * @throws IOException if it cannot be written
     */
    public void save(File file) throws IOException {
        AtomicFile.write(file.toPath(), temporary -> {
            ModelSerializer.writeModel(network, temporary.toFile(), true);
            ModelSerializer.addObjectToFile(
                    temporary.toFile(), PROGRESS, new LearnerProgress(settings, task, iteration, matrix));
        });
    }

    /**
     * Goes on from a saved zip.
     *
     * @param file written by {@link #save}
     * @param stream the same tasks
     * @param metric the same metric
     * @return a learner that continues as if it had not been interrupted
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if the file is damaged, has no progress, or that of other tasks
     */
    public static ContinualLearner resume(File file, TaskStream stream, TaskMetric metric) throws IOException {
        Model network = Checkpoint.read(file.toPath()).network();
        LearnerProgress progress = progress(file);
        if (!progress.matrix().tasks().equals(stream.names())) {
            throw new IllegalArgumentException("%s holds the tasks %s but the stream has %s; pass the same stream"
                    .formatted(file, progress.matrix().tasks(), stream.names()));
        }
        return new ContinualLearner(network, stream, metric, progress);
    }

    private static LearnerProgress progress(File file) throws IOException {
        if (!ModelSerializer.listObjectsInFile(file).contains(PROGRESS)) {
            throw new IllegalArgumentException(
                    "%s has no progress of a learner; pass a file written by ContinualLearner.save".formatted(file));
        }
        try {
            Object found = ModelSerializer.getObjectFromFile(file, PROGRESS);
            return (LearnerProgress) found;
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "%s has a progress that this library does not read (%s); use the version that wrote it"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Settings of a learner. */
    public static final class Builder {
        private final Model network;
        private final TaskStream stream;
        private TaskMetric metric = TaskMetric.accuracy();
        private LearningStrategy strategy = LearningStrategy.SEQUENTIAL;
        private int batchSize = 32;
        private int iterationsPerTask = 500;
        private int replayPerTask = 100;
        private int evaluateEvery;
        private long seed = 1;

        private Builder(Model network, TaskStream stream) {
            this.network = network;
            this.stream = stream;
        }

        /**
         * How tasks are judged; default {@link TaskMetric#accuracy}.
         *
         * @param value the metric
         * @return this builder
         */
        public Builder metric(TaskMetric value) {
            metric = value;
            return this;
        }

        /**
         * What the network is shown; default {@link LearningStrategy#SEQUENTIAL}.
         *
         * @param value the strategy
         * @return this builder
         */
        public Builder strategy(LearningStrategy value) {
            strategy = value;
            return this;
        }

        /**
         * Examples of a batch; default 32.
         *
         * @param value positive
         * @return this builder
         */
        public Builder batchSize(int value) {
            batchSize = requirePositive("batchSize", value);
            return this;
        }

        /**
         * Iterations for each task; default 500.
         *
         * @param value positive
         * @return this builder
         */
        public Builder iterationsPerTask(int value) {
            iterationsPerTask = requirePositive("iterationsPerTask", value);
            return this;
        }

        /**
         * Examples of each task that {@link LearningStrategy#REPLAY} stores, chosen at random; default 100.
         *
         * @param value positive
         * @return this builder
         */
        public Builder replayPerTask(int value) {
            replayPerTask = requirePositive("replayPerTask", value);
            return this;
        }

        /**
         * Evaluates earlier tasks every so many iterations, for {@link EvaluationMatrix#minimumAccuracy}; default 0, never.
         *
         * @param value not negative
         * @return this builder
         */
        public Builder evaluateEvery(int value) {
            if (value < 0) {
                throw new IllegalArgumentException(
                        "evaluateEvery must not be negative but is %d; 0 stands for never".formatted(value));
            }
            evaluateEvery = value;
            return this;
        }

        /**
         * Seed of the order of examples and the choice of stored ones; default 1.
         *
         * @param value any value
         * @return this builder
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Builds the learner.
         *
         * @return a learner that has not begun
         * @throws IllegalArgumentException if network and tasks do not fit
         */
        public ContinualLearner build() {
            LearnerSettings settings =
                    new LearnerSettings(strategy, batchSize, iterationsPerTask, replayPerTask, evaluateEvery, seed);
            EvaluationMatrix matrix = new EvaluationMatrix(metric.name(), stream.names());
            return new ContinualLearner(network, stream, metric, new LearnerProgress(settings, 0, 0, matrix));
        }

        private static int requirePositive(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "%s must be positive but is %d; leave it out for the default".formatted(name, value));
            }
            return value;
        }
    }
}
