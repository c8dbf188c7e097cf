/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Finds out which parameters each curvature-aware updater configuration of a network governs. */
final class GovernedParameters {
    private GovernedParameters() {}

    /** Tells every configuration its parameters; returns whether a plan changed. */
    static boolean assign(List<UpdaterBlock> blocks) {
        IdentityHashMap<CurvatureConfiguration, IdentityHashMap<Trainable, List<ParamState>>> governed =
                new IdentityHashMap<>();
        List<CurvatureConfiguration> order = new ArrayList<>();
        for (UpdaterBlock block : blocks) {
            for (ParamState state : block.getLayersAndVariablesInBlock()) {
                if (state.getLayer().getConfig().getUpdaterByParam(state.getParamName())
                        instanceof CurvatureConfiguration configuration) {
                    governed.computeIfAbsent(configuration, added -> {
                                order.add(added);
                                return new IdentityHashMap<>();
                            })
                            .computeIfAbsent(state.getLayer(), ignored -> new ArrayList<>())
                            .add(state);
                }
            }
        }
        boolean changed = false;
        for (CurvatureConfiguration configuration : order) {
            IdentityHashMap<Trainable, List<ParamState>> byLayer =
                    Objects.requireNonNull(governed.get(configuration), "was put above");
            requireOneLayer(configuration, byLayer);
            for (List<ParamState> states : byLayer.values()) {
                changed |= configuration.assignTo(describe(states));
            }
        }
        return changed;
    }

    private static void requireOneLayer(
            CurvatureConfiguration configuration, IdentityHashMap<Trainable, List<ParamState>> byLayer) {
        if (byLayer.size() > 1) {
            List<String> names = byLayer.keySet().stream()
                    .map(layer -> layer.getConfig().getLayerName())
                    .toList();
            throw new DL4JInvalidConfigException(
                    "layers %s share one updater object %s, but its state depends on the layer; give each of them its own: .updater(updater.clone())"
                            .formatted(names, configuration));
        }
    }

    static CurvatureBlock bind(UpdaterBlock block) {
        List<ParamState> states = block.getLayersAndVariablesInBlock();
        INDArray first = states.get(0).getParamView();
        LayerParameters parameters = describe(states);
        INDArray values = states.size() == 1 ? first : joined(states);
        return new CurvatureBlock(
                block.getGradientUpdater(),
                parameters,
                block.getParamOffsetStart(),
                values,
                states.stream().anyMatch(GovernedParameters::gradientTransformed));
    }

    /** Consecutive views of one buffer, seen as one. */
    private static INDArray joined(List<ParamState> states) {
        INDArray first = states.get(0).getParamView();
        long length = states.stream()
                .mapToLong(state -> state.getParamView().length())
                .sum();
        return Nd4j.create(first.data(), new long[] {length}, new long[] {1}, first.offset(), 'c');
    }

    private static LayerParameters describe(List<ParamState> states) {
        Trainable layer = states.get(0).getLayer();
        List<String> names = states.stream().map(ParamState::getParamName).toList();
        List<Long> lengths =
                states.stream().map(state -> state.getParamView().length()).toList();
        String name = layer.getConfig().getLayerName();
        if (isAffine(layer, names)) {
            long[] shape = weights(layer).shape();
            return new LayerParameters(name, LayerParameters.Kind.AFFINE, names, lengths, shape[0], shape[1]);
        }
        return new LayerParameters(name, LayerParameters.Kind.OTHER, names, lengths, 0, 0);
    }

    private static INDArray weights(Trainable layer) {
        return Objects.requireNonNull(layer.paramTable(false).get("W"), "an affine layer has weights");
    }

    /** A graph lists its vertices where a multi-layer network lists its layers. */
    private static @Nullable Layer layerOf(Trainable trainable) {
        if (trainable instanceof GraphVertex vertex) {
            return vertex.hasLayer() ? vertex.getLayer() : null;
        }
        return trainable instanceof Layer layer ? layer : null;
    }

    private static boolean isAffine(Trainable trainable, List<String> names) {
        Layer layer = layerOf(trainable);
        return layer != null
                && LayerRecorder.supports(layer)
                && (names.equals(List.of("W")) || names.equals(List.of("W", "b")));
    }

    private static boolean gradientTransformed(ParamState state) {
        GradientNormalization normalization = state.getLayer().getConfig().getGradientNormalization();
        if (normalization != null && normalization != GradientNormalization.None) {
            return true;
        }
        List<Regularization> regularization =
                state.getLayer().getConfig().getRegularizationByParam(state.getParamName());
        return regularization != null
                && regularization.stream()
                        .anyMatch(each -> each.applyStep() == Regularization.ApplyStep.BEFORE_UPDATER);
    }
}
