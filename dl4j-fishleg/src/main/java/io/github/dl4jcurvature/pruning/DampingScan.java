/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Chooses a damping by pruning copies of a network in one shot: too large a damping turns second-order scores into those by
 * magnitude, too small a one is slow to learn.
 */
public final class DampingScan {

    /**
     * What one damping came to.
     *
     * @param damping \( \gamma \)
     * @param quality of the pruned copy, the larger the better
     */
    public record Result(double damping, double quality) {}

    private final List<Result> results;

    private DampingScan(List<Result> results) {
        this.results = List.copyOf(results);
    }

    /**
     * Prunes a copy for each damping.
     *
     * @param network initialised and trained; unchanged
     * @param data labelled examples for curvature
     * @param options damping to options, for instance {@code damping -> PruningOptions.builder()
     *     .importance(Importance.inverse(new LearnedInverse().withDamping(damping))).build()}
     * @param quality of a pruned copy, the larger the better: accuracy on examples that are used neither for curvature nor
     *     for the figures to be reported
     * @param dampings values to try, at least one
     * @return the scan
     * @throws IllegalArgumentException if there is no damping, or as {@link FishLegSurgeon#prune}
     */
    public static DampingScan of(
            MultiLayerNetwork network,
            DataSetIterator data,
            DoubleFunction<PruningOptions> options,
            ToDoubleFunction<MultiLayerNetwork> quality,
            double... dampings) {
        requireDampings(dampings);
        List<Result> results = new ArrayList<>();
        for (double damping : dampings) {
            MultiLayerNetwork copy = network.clone();
            FishLegSurgeon.prune(copy, data, options.apply(damping));
            results.add(new Result(damping, quality.applyAsDouble(copy)));
        }
        return new DampingScan(results);
    }

    /**
     * The same for a graph.
     *
     * @param graph initialised and trained; unchanged
     * @param data labelled examples for curvature
     * @param options damping to options
     * @param quality of a pruned copy, the larger the better
     * @param dampings values to try, at least one
     * @return the scan
     * @throws IllegalArgumentException if there is no damping, or as {@link FishLegSurgeon#prune}
     */
    public static DampingScan of(
            ComputationGraph graph,
            DataSetIterator data,
            DoubleFunction<PruningOptions> options,
            ToDoubleFunction<ComputationGraph> quality,
            double... dampings) {
        requireDampings(dampings);
        List<Result> results = new ArrayList<>();
        for (double damping : dampings) {
            ComputationGraph copy = graph.clone();
            FishLegSurgeon.prune(copy, data, options.apply(damping));
            results.add(new Result(damping, quality.applyAsDouble(copy)));
        }
        return new DampingScan(results);
    }

    private static void requireDampings(double... dampings) {
        if (dampings.length == 0) {
            throw new IllegalArgumentException("dampings is empty; pass for instance 1e-4, 1e-3, 1e-2");
        }
    }

    /**
     * All results, in the order of the dampings.
     *
     * @return one for each damping
     */
    public List<Result> results() {
        return results;
    }

    /**
     * The damping of the best copy; of equally good ones the first.
     *
     * @return \( \gamma \)
     */
    public double best() {
        return results.stream()
                .max(Comparator.comparingDouble(Result::quality).thenComparingInt(result -> -results.indexOf(result)))
                .orElseThrow()
                .damping();
    }
}
