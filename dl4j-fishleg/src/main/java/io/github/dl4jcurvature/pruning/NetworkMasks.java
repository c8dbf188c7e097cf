/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Reads the masks of a network from its layer configurations, and writes them there. */
final class NetworkMasks {
    private final PrunableNetwork network;

    NetworkMasks(PrunableNetwork network) {
        this.network = network;
    }

    /** By position in the flat parameters, false for weights that are removed. */
    boolean[] alive() {
        boolean[] alive = new boolean[Math.toIntExact(network.parameters().length())];
        Arrays.fill(alive, true);
        long start = network.parameters().offset();
        for (Layer layer : network.layers()) {
            PruningMask mask = maskOf(layer);
            if (mask == null) {
                continue;
            }
            for (PruningMask.Part part : mask.parts()) {
                part.requireFits(layer);
                int from = (int) (layer.getParam(part.parameter()).offset() - start);
                part.removed().stream().forEach(bit -> alive[from + bit] = false);
            }
        }
        return alive;
    }

    private @Nullable PruningMask maskOf(Layer layer) {
        for (BaseLayer configuration : network.configurations(layer)) {
            if (configuration.getConstraints() != null) {
                for (LayerConstraint constraint : configuration.getConstraints()) {
                    if (constraint instanceof PruningConstraint pruning) {
                        return pruning.mask();
                    }
                }
            }
        }
        return null;
    }

    /**
     * Gives every layer that has lost weights the mask that says so, unless it has it already, and zeroes the moments of
     * these weights. All weights of such a layer are in its mask, so that lengths which occur twice are known.
     */
    void install(boolean[] alive) {
        for (Layer layer : network.layers()) {
            List<PruningMask.Part> parts = parts(layer, alive);
            if (parts.stream().allMatch(PruningMask.Part::isEmpty)) {
                continue;
            }
            PruningMask mask = new PruningMask(parts);
            if (!mask.equals(maskOf(layer))) {
                network.configurations(layer).forEach(configuration -> carry(configuration, mask));
            }
        }
        zeroMoments(alive);
    }

    private List<PruningMask.Part> parts(Layer layer, boolean[] alive) {
        List<PruningMask.Part> parts = new ArrayList<>();
        for (PrunableParameter parameter : network.weights(layer)) {
            BitSet removed = new BitSet();
            for (int i = 0; i < parameter.length(); i++) {
                removed.set(i, !alive[(int) parameter.from() + i]);
            }
            parts.add(PruningMask.Part.of(parameter.key(), parameter.from(), (int) parameter.length(), removed));
        }
        return parts;
    }

    private static void carry(BaseLayer configuration, PruningMask mask) {
        List<Regularization> regularization =
                new ArrayList<>(Objects.requireNonNullElse(configuration.getRegularization(), List.of()));
        regularization.removeIf(PruningMask.class::isInstance);
        regularization.add(mask);
        configuration.setRegularization(regularization);
        List<LayerConstraint> constraints =
                new ArrayList<>(Objects.requireNonNullElse(configuration.getConstraints(), List.of()));
        constraints.removeIf(PruningConstraint.class::isInstance);
        constraints.add(new PruningConstraint(mask));
        configuration.setConstraints(constraints);
    }

    private void zeroMoments(boolean[] alive) {
        BaseMultiLayerUpdater<?> updater = updater();
        if (updater == null) {
            return;
        }
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            int from = block.getParamOffsetStart();
            int length = block.getParamOffsetEnd() - from;
            GradientUpdater<?> stepped = block.getGradientUpdater();
            for (INDArray state : stepped.getState().values()) {
                if (state != null && state.length() == length) {
                    zero(state.reshape(length), alive, from);
                }
            }
        }
    }

    private @Nullable BaseMultiLayerUpdater<?> updater() {
        if (network.model() instanceof MultiLayerNetwork multiLayer) {
            return (BaseMultiLayerUpdater<?>) multiLayer.getUpdater(false);
        }
        return ((ComputationGraph) network.model()).getUpdater(false);
    }

    private static void zero(INDArray state, boolean[] alive, int from) {
        for (int i = 0; i < state.length(); i++) {
            if (!alive[from + i]) {
                state.putScalar(i, 0);
            }
        }
    }
}
