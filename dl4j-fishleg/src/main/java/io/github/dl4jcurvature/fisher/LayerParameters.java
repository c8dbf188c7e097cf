/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.api.Model;

/**
 * Consecutive parameters of one layer.
 *
 * @param layer name of the layer
 * @param names parameter keys in the order of memory
 * @param lengths number of elements of each, in the same order
 * @param sections how the layer uses them; together they cover every element once
 */
public record LayerParameters(String layer, List<String> names, List<Long> lengths, List<ParameterSection> sections) {

    /** Copies the lists. */
    public LayerParameters {
        names = List.copyOf(names);
        lengths = List.copyOf(lengths);
        sections = List.copyOf(sections);
    }

    /**
     * Parameters at their place in a network.
     *
     * @param parameters what they are
     * @param offset position of the first in the flat parameter vector
     */
    public record Placed(LayerParameters parameters, long offset) {}

    /**
     * All parameters of a network on which gradients descend; not among them are running statistics, parameters for
     * unsupervised pretraining, frozen layers and vertices of a graph that are not layers.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph
     * @return in the order of the flat parameter vector
     */
    public static List<Placed> of(Model model) {
        return TrainedParameters.of(HostNetwork.of(model));
    }

    /**
     * Number of elements over all parameters.
     *
     * @return the sum of the lengths
     */
    public long length() {
        return lengths.stream().mapToLong(Long::longValue).sum();
    }
}
