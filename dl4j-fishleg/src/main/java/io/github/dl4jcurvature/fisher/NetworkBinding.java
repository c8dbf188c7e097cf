/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties the curvature-aware updaters of one network to it and forwards the events of its training.
 *
 * <p>The host creates a new updater object after loading, cloning or a change of learning rate; the tie is therefore
 * checked, and if necessary made anew, at every gradient.
 */
final class NetworkBinding {
    private static final Logger LOG = LoggerFactory.getLogger(CurvatureListener.class);
    private final HostNetwork network;
    private final AuxiliaryInputs auxiliary;
    private final TrainingRecorder recorder = new TrainingRecorder();

    private boolean warned;
    private @Nullable BaseMultiLayerUpdater<?> bound;
    private @Nullable INDArray boundParameters;
    private List<ParameterMask> boundMasks = List.of();
    private List<CurvatureMethod> methods = List.of();
    private @Nullable CurvatureBatch batch;

    NetworkBinding(HostNetwork network, AuxiliaryInputs auxiliary) {
        this.network = network;
        this.auxiliary = auxiliary;
    }

    /** Fills the plans; an updater whose state does not fit them is replaced. */
    static void plan(HostNetwork network) {
        if (SharedConfigurations.separate(network.layers())) {
            network.rebuildUpdater();
        }
        if (GovernedParameters.assign(network.updater().getUpdaterBlocks()) || lacksState(network.updater())) {
            network.rebuildUpdater();
        }
    }

    /** The host's copies of a configuration share its updaters, so that another network may have filled the plans. */
    private static boolean lacksState(BaseMultiLayerUpdater<?> updater) {
        return GovernedParameters.descending(updater.getUpdaterBlocks()).stream()
                .anyMatch(block -> block.getGradientUpdater().getConfig() instanceof CurvatureConfiguration
                        && block.getUpdaterView() == null);
    }

    HostNetwork network() {
        return network;
    }

    void onForwardPass() {
        recorder.install(network);
    }

    void onBackwardPass() {
        batch = network.batch();
        recorder.keepInputs(network);
    }

    @SuppressWarnings("ReferenceEquality") // equal updaters of two networks are different updaters
    void onGradient(Model model) {
        List<ParameterMask> masks = masks(network.updater());
        if (network.updater() != bound || model.params() != boundParameters || !areSame(masks, boundMasks)) {
            plan(network);
            bound = network.updater();
            boundParameters = model.params();
            boundMasks = masks;
            methods = bind(model, bound);
            warnOfTruncation();
        }
        if (methods.isEmpty() || batch == null) {
            return;
        }
        TrainingStep step = new TrainingStep(
                network.iteration(), network.epoch(), network.divisor(), network.gradient(), batch, recorder.take());
        batch = null;
        methods.forEach(method -> method.onGradient(step));
    }

    private void warnOfTruncation() {
        if (!warned && !methods.isEmpty() && network.backpropType() == BackpropType.TruncatedBPTT) {
            warned = true;
            LOG.warn(
                    "the network is trained by truncated back-propagation through time: Deeplearning4j takes the gradients of every segment after the first from a state of zero, while it scores the segment from the state before it, and Fisher products start from zero too; use BackpropType.Standard if sequences fit into memory");
        }
    }

    private static List<ParameterMask> masks(BaseMultiLayerUpdater<?> updater) {
        List<ParameterMask> masks = new ArrayList<>();
        updater.getUpdaterBlocks().forEach(block -> masks.addAll(GovernedParameters.masks(block)));
        return masks;
    }

    @SuppressWarnings("ReferenceEquality") // a changed mask is another object
    private static boolean areSame(List<ParameterMask> left, List<ParameterMask> right) {
        return left.size() == right.size()
                && java.util.stream.IntStream.range(0, left.size()).allMatch(i -> left.get(i) == right.get(i));
    }

    private List<CurvatureMethod> bind(Model model, BaseMultiLayerUpdater<?> updater) {
        Map<Class<?>, CurvatureMethod> byType = new LinkedHashMap<>();
        Map<Class<?>, List<CurvatureBlock>> blocks = new LinkedHashMap<>();
        for (UpdaterBlock block : GovernedParameters.descending(updater.getUpdaterBlocks())) {
            if (block.getGradientUpdater().getConfig() instanceof CurvatureConfiguration configuration) {
                Class<?> type = configuration.getClass();
                byType.computeIfAbsent(type, ignored -> configuration.newMethod());
                blocks.computeIfAbsent(type, ignored -> new ArrayList<>()).add(GovernedParameters.bind(block));
            }
        }
        byType.forEach((type, method) ->
                method.bind(CurvatureModel.of(model), List.copyOf(blocks.getOrDefault(type, List.of())), auxiliary));
        return List.copyOf(byType.values());
    }
}
