/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.Map;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/** Makes the updaters of blocks, with the state that a graph brings along from earlier training or from a file. */
@SuppressWarnings("rawtypes") // the host's map
final class GraphStates {
    private final Map<String, GradientUpdater> earlier;
    private final Class<?> kind;
    private final DataType type;

    /**
     * States of a graph.
     *
     * @throws IllegalStateException if there is state of variables that are gone while others have none
     */
    GraphStates(SameDiff graph, GraphLayout layout, CurvatureConfiguration config) {
        earlier = graph.getUpdaterMap() == null ? Map.of() : graph.getUpdaterMap();
        kind = config.getClass();
        type = layout.type();
        List<String> gone = earlier.keySet().stream()
                .filter(name -> !graph.hasVariable(name) && !stateOf(name).isEmpty())
                .toList();
        List<String> fresh = layout.layers().stream()
                .map(GraphLayer::weight)
                .filter(name -> !earlier.containsKey(name))
                .toList();
        if (!gone.isEmpty() && !fresh.isEmpty()) {
            throw new IllegalStateException(
                    "there is updater state of the variables %s, which the graph no longer has, and none of %s; rename them back, or drop the state to start afresh: getUpdaterMap().clear()"
                            .formatted(gone, fresh));
        }
    }

    private Map<String, INDArray> stateOf(String variable) {
        GradientUpdater<?> updater = earlier.get(variable);
        return updater != null && kind.isInstance(updater.getConfig()) ? updater.getState() : Map.of();
    }

    /** The updater of a block whose configuration has its plan. */
    GradientUpdater<?> updater(CurvatureConfiguration config, LayerParameters parameters) {
        Map<String, INDArray> state = stateOf(parameters.layer());
        if (!state.isEmpty()) {
            return config.instantiate(state, false);
        }
        long size = parameters.lengths().stream().mapToLong(config::stateSize).sum();
        return config.instantiate(Nd4j.createUninitializedDetached(type, size), true);
    }
}
