/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

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
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Finds out which parameters each curvature-aware updater configuration of a network governs. */
final class GovernedParameters {
    private GovernedParameters() {}

    /** Tells every configuration its parameters; returns whether a plan changed. */
    static boolean assign(List<UpdaterBlock> blocks) {
        IdentityHashMap<CurvatureConfiguration, IdentityHashMap<Trainable, List<ParamState>>> governed =
                new IdentityHashMap<>();
        List<CurvatureConfiguration> order = new ArrayList<>();
        for (UpdaterBlock block : descending(blocks)) {
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

    /** The blocks that training steps: not those of parameters for unsupervised pretraining alone. */
    static List<UpdaterBlock> descending(List<UpdaterBlock> blocks) {
        return blocks.stream().filter(block -> !block.isPretrainUpdaterBlock()).toList();
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
                states.stream().anyMatch(GovernedParameters::gradientTransformed),
                states.stream().anyMatch(GovernedParameters::decayed),
                mask(block));
    }

    /** Consecutive views of one buffer, seen as one. */
    private static INDArray joined(List<ParamState> states) {
        INDArray first = states.get(0).getParamView();
        long length = states.stream()
                .mapToLong(state -> state.getParamView().length())
                .sum();
        return Nd4j.create(first.data(), new long[] {length}, new long[] {1}, first.offset(), 'c');
    }

    /** Of some layers the host lists the weights before the bias but holds them behind it. */
    private static List<ParamState> inMemoryOrder(List<ParamState> states) {
        List<ParamState> sorted = new ArrayList<>(states);
        sorted.sort(Comparator.comparingLong(state -> parameter(state).offset()));
        return sorted;
    }

    private static INDArray parameter(ParamState state) {
        return Objects.requireNonNull(
                state.getLayer().paramTable(false).get(state.getParamName()), "the host lists what a layer has");
    }

    @SuppressWarnings("ReferenceEquality") // one runtime layer, not an equal one
    private static LayerParameters describe(List<ParamState> listed) {
        List<ParamState> states = inMemoryOrder(listed);
        Trainable layer = states.get(0).getLayer();
        List<ParameterSections.Entry> entries = new ArrayList<>();
        long start = 0;
        for (ParamState state : states) {
            INDArray parameter = parameter(state);
            entries.add(new ParameterSections.Entry(state.getParamName(), start, parameter.shape()));
            start += parameter.length();
        }
        boolean oneLayer = states.stream().allMatch(state -> state.getLayer() == layer);
        Layer runtime = oneLayer ? layerOf(layer) : null;
        return new LayerParameters(
                layer.getConfig().getLayerName(),
                states.stream().map(ParamState::getParamName).toList(),
                entries.stream().map(ParameterSections.Entry::length).toList(),
                runtime == null
                        ? ParameterSections.unknown(entries)
                        : ParameterSections.of(runtime.conf().getLayer(), entries));
    }

    /** A graph lists its vertices where a multi-layer network lists its layers. */
    private static @Nullable Layer layerOf(Trainable trainable) {
        if (trainable instanceof GraphVertex vertex) {
            return vertex.hasLayer() ? vertex.getLayer() : null;
        }
        return trainable instanceof Layer layer ? layer : null;
    }

    /** The masks that the configurations of a block's layer carry; another list of objects after a change. */
    static List<ParameterMask> masks(UpdaterBlock block) {
        List<ParameterMask> masks = new ArrayList<>();
        for (ParamState state : block.getLayersAndVariablesInBlock()) {
            List<Regularization> regularization =
                    state.getLayer().getConfig().getRegularizationByParam(state.getParamName());
            if (regularization != null) {
                regularization.stream()
                        .filter(ParameterMask.class::isInstance)
                        .map(ParameterMask.class::cast)
                        .forEach(masks::add);
            }
        }
        return masks;
    }

    /** 0 where an entry of the block is held at zero, else 1; null if none is. */
    private static @Nullable INDArray mask(UpdaterBlock block) {
        List<ParamState> states = block.getLayersAndVariablesInBlock();
        List<ParameterMask> masks = masks(block);
        if (masks.isEmpty()) {
            return null;
        }
        INDArray values = joined(states);
        INDArray mask = Nd4j.createUninitializedDetached(values.dataType(), values.length());
        mask.assign(1);
        long start = 0;
        for (ParamState state : inMemoryOrder(states)) {
            long length = state.getParamView().length();
            for (ParameterMask each : masks) {
                INDArray part = each.maskOf(state.getParamName(), mask.dataType());
                if (part != null && part.length() == length) {
                    mask.get(NDArrayIndex.interval(start, start + length)).muli(part);
                }
            }
            start += length;
        }
        return mask;
    }

    private static boolean gradientTransformed(ParamState state) {
        GradientNormalization normalization = state.getLayer().getConfig().getGradientNormalization();
        if (normalization != null && normalization != GradientNormalization.None) {
            return true;
        }
        return regularizations(state).anyMatch(each -> each.applyStep() == Regularization.ApplyStep.BEFORE_UPDATER);
    }

    private static boolean decayed(ParamState state) {
        return regularizations(state)
                .anyMatch(each ->
                        each.applyStep() == Regularization.ApplyStep.POST_UPDATER && !(each instanceof ParameterMask));
    }

    private static Stream<Regularization> regularizations(ParamState state) {
        List<Regularization> all = state.getLayer().getConfig().getRegularizationByParam(state.getParamName());
        return all == null ? Stream.of() : all.stream();
    }
}
