/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.List;

/**
 * What the end of a task came to.
 *
 * @param examples number of examples that the Fisher information was taken over
 * @param layers one entry for each layer with an Ncl updater, in the order of the parameters
 */
public record ConsolidationReport(long examples, List<Layer> layers) {

    /** Copies the list. */
    public ConsolidationReport {
        layers = List.copyOf(layers);
    }

    /**
     * One layer.
     *
     * @param name name of the layer
     * @param trained whether the task trained it; if not, what is remembered of it has not changed
     * @param fisherTrace trace of the Fisher information per data point, in nats per squared unit of the parameters
     * @param divergence Kullback-Leibler divergence, in nats, of the remembered precision from the sum it stands for; 0 where that
     *     is exact, as for diagonals
     * @param tasks number of tasks that have trained the layer so far
     */
    public record Layer(String name, boolean trained, double fisherTrace, double divergence, long tasks) {}

    /**
     * Trace over all layers.
     *
     * @return the sum of the traces
     */
    public double fisherTrace() {
        return layers.stream().mapToDouble(Layer::fisherTrace).sum();
    }

    /**
     * Divergence over all layers.
     *
     * @return the sum of the divergences in nats
     */
    public double divergence() {
        return layers.stream().mapToDouble(Layer::divergence).sum();
    }
}
