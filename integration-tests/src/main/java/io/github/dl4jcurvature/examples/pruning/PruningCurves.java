/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.dl4jcurvature.examples.report.CurveFigure;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.Progress;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.pruning.Compensation;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.Importance;
import io.github.dl4jcurvature.pruning.PruningOptions;
import io.github.dl4jcurvature.pruning.Sparsity;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Accuracy of one classifier as more and more of its weights are removed, without training in between. */
public final class PruningCurves {
    private static final long SEED = 0;
    private static final double[] SPARSITIES = {0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95};
    private static final int INCREMENTS = 6; // from one sparsity to the next
    private static final double SHOWN = 0.9;
    private static final int EXAMPLES = 1024;

    private final PruningTask.Trained trained;
    private final double dense;
    private final Map<String, double[]> accuracies = new LinkedHashMap<>();
    private final Figures figures = new Figures();
    private Sparsity sparsity;

    private PruningCurves(Progress progress) {
        PruningTask task = DigitsTask.dense();
        trained = task.trained(SEED);
        dense = trained.accuracy(trained.network());
        sparsity = Sparsity.of(trained.network());
        figures.put("pruning.dense", dense);
        progress.done("classifier trained, %.1f %% of test images right".formatted(dense), 6);
        run(PruningMethod.of("magnitude", task.learned()), progress, 1);
        run(PruningMethod.of("obert-joint", task.learned()), progress, 21);
        run(
                new PruningMethod("FishLeg Surgeon", Importance.empiricalDiagonal(EXAMPLES), Compensation.exact()),
                progress,
                6);
    }

    /**
     * Prunes 64-40-20-10 on the embedded digits by magnitude, by blocks of the empirical Fisher matrix, and with exact compensation.
     *
     * @param progress is told of each method
     * @return accuracies at 50 to 95 %
     */
    public static PruningCurves ofDigits(Progress progress) {
        return new PruningCurves(progress);
    }

    private void run(PruningMethod method, Progress progress, int weight) {
        MultiLayerNetwork network = trained.copy();
        double[] curve = new double[SPARSITIES.length];
        for (int k = 0; k < curve.length; k++) {
            FishLegSurgeon.prune(
                    network,
                    trained.examples(),
                    PruningOptions.builder()
                            .sparsity(SPARSITIES[k])
                            .increments(INCREMENTS)
                            .importance(method.importance())
                            .compensation(method.compensation())
                            .seed(SEED)
                            .build());
            curve[k] = trained.accuracy(network);
            if (SPARSITIES[k] == SHOWN) {
                sparsity = Sparsity.of(network);
                figures.put("pruning." + key(method), curve[k]);
            }
        }
        accuracies.put(method.name(), curve);
        progress.done("%s, 50 to 95 %% removed".formatted(method.name()), weight);
    }

    private static String key(PruningMethod method) {
        return method.name().startsWith("FishLeg") ? "surgeon" : method.name();
    }

    /** Percentage of right test images of the dense network, then of each method with nine of ten weights removed. */
    public Figures figures() {
        return figures;
    }

    /** Accuracies by method and sparsity. */
    public TextTable table() {
        String[] header = new String[SPARSITIES.length + 1];
        header[0] = "removed";
        for (int k = 0; k < SPARSITIES.length; k++) {
            header[k + 1] = "%.0f %%".formatted(100 * SPARSITIES[k]);
        }
        TextTable table = new TextTable(header);
        accuracies.forEach((name, curve) -> {
            String[] row = new String[curve.length + 1];
            row[0] = name;
            for (int k = 0; k < curve.length; k++) {
                row[k + 1] = "%.1f".formatted(curve[k]);
            }
            table.row(row);
        });
        return table;
    }

    /** The same as curves. */
    public CurveFigure figure() {
        CurveFigure figure = new CurveFigure(
                "accuracy of the pruned classifier", "% of the weights removed", "% of test images right");
        double[] removed = new double[SPARSITIES.length];
        for (int k = 0; k < removed.length; k++) {
            removed[k] = 100 * SPARSITIES[k];
        }
        accuracies.forEach((name, curve) -> figure.add(name, removed, curve));
        return figure.range(0, 100);
    }

    /** Accuracy of the network before anything was removed, in percent. */
    public double dense() {
        return dense;
    }

    /** Accuracy of a method with nine of ten weights removed, in percent. */
    public double at90(String method) {
        double[] curve = accuracies.getOrDefault(method, new double[0]);
        for (int k = 0; k < curve.length; k++) {
            if (SPARSITIES[k] == SHOWN) {
                return curve[k];
            }
        }
        throw new IllegalArgumentException(
                "method '%s' was not run; choose among %s".formatted(method, accuracies.keySet()));
    }

    /** What the last method left of each layer at nine of ten weights removed. */
    public Sparsity sparsity() {
        return sparsity;
    }
}
