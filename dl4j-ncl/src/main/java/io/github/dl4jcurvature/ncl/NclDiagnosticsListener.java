/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.learning.GradientUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports on the steps of {@link Ncl}; add it beside the {@code CurvatureListener}.
 *
 * <p>A report costs about as much as a step. Not thread-safe; one network for each listener.
 */
public final class NclDiagnosticsListener extends BaseTrainingListener {
    private static final Logger LOG = LoggerFactory.getLogger(NclDiagnosticsListener.class);
    private static final double WEAK_PULL = 0.01;

    private final int frequency;
    private final Consumer<NclDiagnostics> consumer;
    private long tasks = -1;
    private long stepsBefore;
    private boolean seenFromStart; // of the task
    private long stepsDone;
    private double lastPull;

    /**
     * Reports to a consumer.
     *
     * @param frequency iterations between reports, positive
     * @param consumer takes each report
     * @throws IllegalArgumentException if the frequency is not positive
     */
    public NclDiagnosticsListener(int frequency, Consumer<NclDiagnostics> consumer) {
        if (frequency < 1) {
            throw new IllegalArgumentException(
                    "frequency must be positive but is %d; 1 reports every iteration".formatted(frequency));
        }
        this.frequency = frequency;
        this.consumer = consumer;
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        List<NclLayer> layers = layers(model);
        if (layers.isEmpty()) {
            return;
        }
        NclState first = layers.get(0).state();
        long finished =
                layers.stream().mapToLong(layer -> layer.state().tasks()).max().orElse(0);
        if (finished != tasks) {
            if (seenFromStart) {
                warnOfWeakPull(layers.get(0).config(), stepsDone, lastPull);
            }
            seenFromStart = tasks >= 0 || first.steps() == 1;
            tasks = finished;
            stepsBefore = first.steps() - 1;
        }
        stepsDone = first.steps() - stepsBefore;
        lastPull = pull(layers.get(0).config(), iteration, epoch, tasks, stepsDone);
        if (iteration % frequency == 0) {
            consumer.accept(report(layers, iteration));
        }
    }

    private NclDiagnostics report(List<NclLayer> layers, int iteration) {
        double penalty = 0;
        double squared = 0;
        Map<String, Double> traces = new LinkedHashMap<>();
        Map<String, Double> divergences = new LinkedHashMap<>();
        for (NclLayer layer : layers) {
            penalty += layer.penalty();
            squared += layer.squaredStep();
            LayerPlan plan = layer.config().plan();
            String name = plan == null ? "" : plan.layer();
            traces.merge(name, layer.state().fisherTrace(), Double::sum);
            divergences.merge(name, layer.state().divergence(), Double::sum);
        }
        return new NclDiagnostics(iteration, tasks, penalty, Math.sqrt(squared), lastPull, traces, divergences);
    }

    private static double pull(Ncl config, int iteration, int epoch, long tasks, long steps) {
        double rate = config.rate(iteration, epoch, tasks);
        return rate * config.priorWeight() / config.dataSize() * steps / (1 - config.momentum());
    }

    private void warnOfWeakPull(Ncl config, long steps, double pull) {
        boolean pullsWithinTasks = config.method() == Ncl.Method.NCL && config.consolidateEvery() == 0;
        if (pullsWithinTasks && tasks > 0 && config.priorWeight() > 0 && pull < WEAK_PULL) {
            LOG.warn(
                    "in the {} steps of the task that has ended the pull to the mean acted with {} of its full strength: this was the projection method; a smaller dataSize, a larger rate or more steps let it act",
                    steps,
                    pull);
        }
    }

    private static List<NclLayer> layers(Model model) {
        BaseMultiLayerUpdater<?> updater = model instanceof MultiLayerNetwork network
                ? (BaseMultiLayerUpdater<?>) network.getUpdater()
                : ((ComputationGraph) model).getUpdater();
        List<NclLayer> layers = new ArrayList<>();
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            GradientUpdater<?> each = block.getGradientUpdater();
            if (each instanceof NclUpdater ncl && ncl.isBound()) {
                layers.add(ncl.layer());
            }
        }
        return layers;
    }
}
