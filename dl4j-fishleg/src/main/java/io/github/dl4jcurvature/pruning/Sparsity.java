/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.deeplearning4j.nn.api.Model;

/**
 * How sparse a network is, and what a compressed export of it would take. In memory the network is dense, whatever its
 * zeros: Deeplearning4j computes with all of them and gets neither smaller nor faster.
 *
 * @param layers one entry for each parameter, in the order of the network
 */
public record Sparsity(List<LayerSparsity> layers) {

    /** Copies the list. */
    public Sparsity {
        layers = List.copyOf(layers);
    }

    /**
     * Counts the zeros of a network.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph
     * @return the report
     * @throws IllegalArgumentException if the model is of another kind or not initialised
     */
    public static Sparsity of(Model model) {
        List<LayerSparsity> layers = new ArrayList<>();
        for (SparseParameter parameter : SparseParameter.of(PrunableNetwork.of(model))) {
            layers.add(new LayerSparsity(
                    parameter.layer(),
                    parameter.key(),
                    parameter.values().length,
                    parameter.values().length - parameter.nonZeros(),
                    parameter.denseBytes(),
                    parameter.exportedBytes()));
        }
        return new Sparsity(layers);
    }

    /**
     * Number of parameters, biases included.
     *
     * @return the sum over all layers
     */
    public long weights() {
        return layers.stream().mapToLong(LayerSparsity::weights).sum();
    }

    /**
     * Number of parameters that are zero.
     *
     * @return the sum over all layers
     */
    public long zeros() {
        return layers.stream().mapToLong(LayerSparsity::zeros).sum();
    }

    /**
     * Part of all parameters that is zero.
     *
     * @return in [0, 1]
     */
    public double total() {
        return weights() == 0 ? 0 : (double) zeros() / weights();
    }

    /**
     * Memory of the parameters in the network.
     *
     * @return bytes
     */
    public long denseBytes() {
        return layers.stream().mapToLong(LayerSparsity::denseBytes).sum();
    }

    /**
     * Memory of the parameters in a compressed export, without the few bytes of its frame.
     *
     * @return bytes
     */
    public long exportedBytes() {
        return layers.stream().mapToLong(LayerSparsity::exportedBytes).sum();
    }

    /** A table with one line for each parameter and one for the total. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(
                line("layer", "parameter", "weights", "zeros", "sparsity", "dense bytes", "exported bytes"));
        for (LayerSparsity each : layers) {
            table.append(line(
                    each.layer(),
                    each.parameter(),
                    Long.toString(each.weights()),
                    Long.toString(each.zeros()),
                    "%.4f".formatted(each.sparsity()),
                    Long.toString(each.denseBytes()),
                    Long.toString(each.exportedBytes())));
        }
        return table.append(line(
                        "total",
                        "",
                        Long.toString(weights()),
                        Long.toString(zeros()),
                        "%.4f".formatted(total()),
                        Long.toString(denseBytes()),
                        Long.toString(exportedBytes())))
                .toString();
    }

    private static String line(String... cells) {
        return String.format(Locale.ROOT, "%-16s %-9s %10s %10s %9s %12s %14s%n", (Object[]) cells);
    }
}
