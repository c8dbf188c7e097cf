/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records how FishLeg is doing while a network trains. Add it after the {@code CurvatureListener}; it changes nothing.
 *
 * <p>An entry costs two norms over all parameters and, after an auxiliary update, the diagonal of Q.
 */
public final class FishLegMetrics extends BaseTrainingListener implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(FishLegMetrics.class);
    private static final int MOST_ENTRIES = 10_000;
    private static final String HEADER =
            "iteration,auxiliarySteps,skippedSteps,auxiliaryLoss,relativeResidual,trace,stepToGradient,stepBoundFactor";

    private final int frequency;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private double gradientNorm = Double.NaN;

    /**
     * The state after one iteration.
     *
     * @param iteration iteration count of the network before the step
     * @param auxiliarySteps auxiliary steps taken so far
     * @param skippedSteps auxiliary steps left out so far, because a quantity was zero or not finite
     * @param auxiliaryLoss \( A / \|u\|^2 \) of the last auxiliary step; NaN before the first
     * @param relativeResidual \( \|(F + \gamma I) Q u - u\| / \|u\| \) of the last auxiliary step; NaN before the first
     * @param trace trace of Q over all layers
     * @param stepToGradient length of the step divided by that of the mean gradient
     * @param stepBoundFactor factor by which the step bound has shortened the natural gradient; 1 if it has not
     */
    public record Entry(
            int iteration,
            long auxiliarySteps,
            long skippedSteps,
            double auxiliaryLoss,
            double relativeResidual,
            double trace,
            double stepToGradient,
            double stepBoundFactor)
            implements Serializable {}

    /** Records every iteration. */
    public FishLegMetrics() {
        this(1);
    }

    /**
     * Records some iterations.
     *
     * @param frequency iterations from one entry to the next, at least 1
     * @throws IllegalArgumentException if less than 1
     */
    public FishLegMetrics(int frequency) {
        if (frequency < 1) {
            throw new IllegalArgumentException(
                    "frequency must be at least 1 but is %d; use 1 or more".formatted(frequency));
        }
        this.frequency = frequency;
    }

    /**
     * The entries so far, the most recent {@value #MOST_ENTRIES} at most.
     *
     * @return a copy, in the order of the iterations
     */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /**
     * Writes the entries as comma-separated values with a header line.
     *
     * @param file file to create or replace
     * @throws IOException if it cannot be written
     */
    public void writeCsv(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        for (Entry entry : entries) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%d,%d,%d,%s,%s,%s,%s,%s",
                    entry.iteration(),
                    entry.auxiliarySteps(),
                    entry.skippedSteps(),
                    entry.auxiliaryLoss(),
                    entry.relativeResidual(),
                    entry.trace(),
                    entry.stepToGradient(),
                    entry.stepBoundFactor()));
        }
        Files.write(file, lines, StandardCharsets.UTF_8);
    }

    @Override
    public void onGradientCalculation(Model model) {
        gradientNorm = gradient(model).norm2Number().doubleValue();
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (iteration % frequency != 0) {
            return;
        }
        FishLegMethod method = method(model);
        FishLegState counters = method.counters();
        AuxiliaryProblem.Outcome outcome = method.outcome();
        double step = gradient(model).norm2Number().doubleValue(); // the host has put the step in its place
        Entry entry = new Entry(
                iteration,
                counters.auxiliarySteps(),
                counters.skipped(),
                outcome.objective(),
                outcome.relativeResidual(),
                trace(method, counters),
                step / (gradientNorm / method.divisor()),
                method.stepScale());
        if (entries.size() == MOST_ENTRIES) {
            entries.removeFirst();
        }
        entries.addLast(entry);
        LOG.info("{}", entry);
    }

    /** Q changes with an auxiliary step only. */
    private double trace(FishLegMethod method, FishLegState counters) {
        Entry last = entries.peekLast();
        return last != null && last.auxiliarySteps() == counters.auxiliarySteps() ? last.trace() : method.trace();
    }

    private static INDArray gradient(Model model) {
        return model instanceof MultiLayerNetwork network
                ? network.getFlattenedGradients()
                : ((ComputationGraph) model).getFlattenedGradients();
    }

    private static FishLegMethod method(Model model) {
        BaseMultiLayerUpdater<?> updater = model instanceof MultiLayerNetwork network
                ? (BaseMultiLayerUpdater<?>) network.getUpdater()
                : ((ComputationGraph) model).getUpdater();
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            GradientUpdater<?> each = block.getGradientUpdater();
            if (each instanceof FishLegUpdater fishLeg) {
                return fishLeg.method();
            }
        }
        throw new IllegalStateException(
                "no layer of the network is trained by FishLeg; configure .updater(new FishLeg(...)) or remove FishLegMetrics");
    }
}
