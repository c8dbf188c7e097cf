/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import io.github.dl4jcurvature.ncl.EvaluationMatrix;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * Puts what the methods of this library tell about themselves into a storage of the training user interface. What is reported follows
 * from the network: FishLeg, natural continual learning and Gauss-Newton by its updaters, latent variables by its output layer,
 * sparsity once weights are zero. Add it after the {@code CurvatureListener}.
 *
 * <p>A report costs what its diagnostics cost: norms and a trace for FishLeg, a count of zeros, about a step for natural continual
 * learning; Gauss-Newton pays one more forward pass in every iteration. One listener for each network; not thread-safe.
 */
public final class CurvatureStatsListener extends BaseTrainingListener {
    private static final int FREQUENCY = 10;

    private final StatsStorageRouter storage;
    private final String session;
    private final String worker = "worker-" + UUID.randomUUID();
    private final List<Measurement> pending = new ArrayList<>();
    private final List<NetworkReport> reports;
    private final int frequency;
    private long lastTime;

    /**
     * Reports every tenth iteration as a session of its own.
     *
     * @param storage takes the reports
     */
    public CurvatureStatsListener(StatsStorageRouter storage) {
        this(storage, FREQUENCY, UUID.randomUUID().toString());
    }

    /**
     * Reports some iterations.
     *
     * @param storage takes the reports
     * @param frequency iterations from one report to the next, positive
     * @param session name of the training; several networks may report to one
     * @throws IllegalArgumentException if the frequency is not positive or the session has no name
     */
    public CurvatureStatsListener(StatsStorageRouter storage, int frequency, String session) {
        if (frequency < 1) {
            throw new IllegalArgumentException(
                    "frequency must be positive but is %d; 1 reports every iteration".formatted(frequency));
        }
        if (session.isBlank()) {
            throw new IllegalArgumentException("session is blank; give the training a name");
        }
        this.storage = Objects.requireNonNull(storage, "storage must not be null; use new InMemoryStatsStorage()");
        this.frequency = frequency;
        this.session = session;
        reports = List.of(
                new FishLegReport(frequency, pending::add),
                new NclReport(frequency, pending::add),
                new GaussNewtonReport(frequency, pending::add),
                new EvidenceReport(frequency, pending::add),
                new SparsityReport(frequency, pending::add));
    }

    /**
     * Reports the metric of every task after each that is learned; call it between calls of {@code ContinualLearner.advance} and at the end.
     *
     * @param matrix the learner's matrix
     */
    public void report(EvaluationMatrix matrix) {
        for (int learned = 0; learned < matrix.size(); learned++) {
            for (int task = 0; task < matrix.size(); task++) {
                double value = matrix.get(learned, task);
                if (!Double.isNaN(value)) {
                    pending.add(
                            new Measurement(Chart.TASK_METRIC, matrix.tasks().get(task), learned + 1L, value));
                }
            }
        }
        flush();
    }

    @Override
    public void onBackwardPass(Model model) {
        reports.forEach(report -> report.onBackwardPass(model));
    }

    @Override
    public void onGradientCalculation(Model model) {
        reports.forEach(report -> report.onGradientCalculation(model));
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        reports.forEach(report -> report.iterationDone(model, iteration, epoch));
        if (iteration % frequency == 0) {
            flush();
        }
    }

    private void flush() {
        if (!pending.isEmpty()) {
            long now = System.currentTimeMillis();
            if (lastTime == 0) { // storages list the sessions that have such a record
                storage.putStaticInfo(new CurvatureRecord(session, worker, now, List.of()));
            }
            lastTime = Math.max(lastTime + 1, now); // a storage keeps one record for each time
            storage.putUpdate(new CurvatureRecord(session, worker, lastTime, pending));
            pending.clear();
        }
    }
}
