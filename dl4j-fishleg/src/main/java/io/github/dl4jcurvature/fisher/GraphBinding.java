/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Ties a curvature-aware configuration to one SameDiff graph.
 *
 * <p>The host steps a variable as soon as its gradient is known, in the middle of the backward pass. Here every variable has a
 * {@link VariableUpdater}, which keeps the gradient and steps by nothing; with the last gradient the {@link CurvatureMethod} sees
 * all of them at unchanged parameters, and all variables are stepped.
 */
final class GraphBinding {
    private final GraphSettings settings;
    private final SameDiff gradients;
    private final CurvatureConfiguration snapshot;
    private final boolean transformed;
    private final GraphLayout layout;
    private final GraphModel model;
    private final GraphVector values;
    private final GraphVector raw;
    private final GraphVector step;
    private final GraphVector decay;
    private final List<CurvatureBlock> blocks = new ArrayList<>();
    private final Map<String, VariableUpdater> updaters = new HashMap<>();
    private final Map<String, VariableUpdater> byGradient = new HashMap<>();
    private final CurvatureMethod method;
    private final GraphLossCheck lossCheck;
    private @Nullable CurvatureBatch batch;
    private @Nullable At iteration;
    private boolean installed;
    private boolean decayed;
    private int arrived;

    /** Ties the graph, whose gradient function exists, to its training configuration; earlier state is taken over. */
    GraphBinding(
            GraphSettings settings,
            List<GraphLayer.Names> named,
            SameDiffCurvatureListener listener,
            CurvatureConfiguration config,
            AuxiliaryInputs auxiliary) {
        SameDiff graph = settings.graph();
        this.settings = settings;
        gradients = graph.getFunction("grad");
        GraphNames.avoidStaleArrays(graph, gradients);
        snapshot = (CurvatureConfiguration) config.clone();
        settings.outputs().forEach(output -> output.check(graph));
        layout = GraphLayout.of(graph, named);
        transformed = isTransformed(graph.getTrainingConfig());
        values = new GraphVector(layout);
        raw = new GraphVector(layout);
        step = new GraphVector(layout);
        decay = new GraphVector(layout);
        model = new GraphModel(settings, gradients, layout, values);
        lossCheck = new GraphLossCheck(settings, gradients);
        model.parameters();
        GraphStates states = new GraphStates(graph, layout, config);
        for (GraphLayer layer : layout.layers()) {
            add(layer, states, listener, config);
        }
        method = config.newMethod();
        method.bind(model, List.copyOf(blocks), auxiliary);
    }

    private void add(
            GraphLayer layer, GraphStates states, SameDiffCurvatureListener listener, CurvatureConfiguration config) {
        LayerParameters parameters = layer.parameters();
        long offset = layout.start(layer.weight(), layer.weight());
        CurvatureConfiguration own = (CurvatureConfiguration) config.clone();
        own.assignTo(parameters);
        GradientUpdater<?> updater = states.updater(own, parameters);
        blocks.add(new CurvatureBlock(
                updater,
                parameters,
                offset,
                part(values, offset, parameters),
                transformed,
                hasDecay(settings.graph().getTrainingConfig()),
                null));
        for (String name : parameters.names()) {
            GradientUpdater<?> saved = name.equals(layer.weight()) ? updater : null;
            VariableUpdater each = new VariableUpdater(name, config, listener, raw.view(name), step.view(name), saved);
            updaters.put(name, each);
            byGradient.put(gradients.getVariable(name).getGradient().name(), each);
        }
    }

    private static boolean isTransformed(TrainingConfig config) {
        List<Regularization> regularization = config.getRegularization();
        return regularization != null
                && regularization.stream()
                        .anyMatch(each -> each.applyStep() == Regularization.ApplyStep.BEFORE_UPDATER);
    }

    private static INDArray part(GraphVector vector, long offset, LayerParameters parameters) {
        return vector.flat().get(NDArrayIndex.interval(offset, offset + parameters.length()));
    }

    /** Whether the binding still is one of this graph with this configuration. */
    @SuppressWarnings("ReferenceEquality") // an equal graph is another one
    boolean fits(SameDiff graph, CurvatureConfiguration config) {
        return graph == settings.graph()
                && graph.getFunction("grad") == gradients
                && config.equals(snapshot)
                && transformed == isTransformed(graph.getTrainingConfig())
                && layout.signature().equals(GraphLayout.signature(graph));
    }

    CurvatureModel model() {
        return model;
    }

    /** The blocks; their parameters are as present as the last call of this. */
    List<CurvatureBlock> blocks() {
        model.parameters();
        return List.copyOf(blocks);
    }

    /** Starts an iteration. */
    void begin(At at, CurvatureBatch next) {
        if (next.labelMasks() != null && hasLabelMasks(settings.graph().getTrainingConfig())) {
            throw new IllegalArgumentException(
                    "the training configuration maps label masks, of which the likelihood of %s knows nothing; leave masked examples out of the batch"
                            .formatted(settings.outputNames()));
        }
        batch = next;
        iteration = at;
        installed = false;
        decayed = false;
        arrived = 0;
    }

    private static boolean hasLabelMasks(TrainingConfig config) {
        return config.getDataSetLabelMaskMapping() != null
                && !config.getDataSetLabelMaskMapping().isEmpty();
    }

    /** Puts the updaters where the host looks for them, which has made its own by the time of the first operation. */
    @SuppressWarnings("rawtypes") // the host's map
    void install() {
        At at = iteration;
        if (batch == null || installed || at == null) {
            return;
        }
        Map<String, GradientUpdater> map = settings.graph().getUpdaterMap();
        boolean attended =
                map.values().stream().anyMatch(each -> each instanceof VariableUpdater other && other.isAttended(at));
        if (attended) {
            batch = null; // by a listener that comes first
            return;
        }
        updaters.values().forEach(updater -> updater.attend(at));
        map.putAll(updaters);
        installed = true;
    }

    /** Puts the updaters where they are saved from, outside of training. */
    void replaceUpdaters() {
        settings.graph().getUpdaterMap().putAll(updaters);
    }

    /** Takes a gradient, before the host adds anything to it. */
    void see(String variable, INDArray value) {
        if (batch == null) {
            return;
        }
        lossCheck.see(variable, value);
        VariableUpdater updater = byGradient.get(variable);
        if (updater != null) {
            updater.show(value);
        }
    }

    /** Takes what the host would subtract from a variable; with the last variable, steps them all. */
    void onUpdate(At at, String variable, INDArray update) {
        if (batch == null || !updaters.containsKey(variable)) {
            return;
        }
        if (hasDecay(settings.graph().getTrainingConfig())) {
            INDArray view = decay.view(variable);
            view.assign(update.rank() == view.rank() ? update : update.reshape(view.shape()));
            update.assign(0);
            decayed = true;
        }
        arrived++;
        if (arrived == updaters.size()) {
            CurvatureBatch complete = batch;
            batch = null;
            updaters.values().forEach(updater -> updater.attend(null));
            finish(at, complete);
        }
    }

    private static boolean hasDecay(TrainingConfig config) {
        List<Regularization> regularization = config.getRegularization();
        return regularization != null
                && regularization.stream().anyMatch(each -> each.applyStep() == Regularization.ApplyStep.POST_UPDATER);
    }

    private void finish(At at, CurvatureBatch complete) {
        boolean minimized = settings.graph().getTrainingConfig().isMinimize();
        lossCheck.check(complete, minimized);
        model.parameters();
        method.onGradient(new TrainingStep(at.iteration(), at.epoch(), 1, raw.flat(), complete, Map.of()));
        for (CurvatureBlock block : blocks) {
            INDArray part = part(step, block.offset(), block.parameters());
            block.updater().applyUpdater(part, at.iteration(), at.epoch());
        }
        if (decayed) {
            step.flat().addi(decay.flat());
        }
        for (String name : layout.variables()) {
            INDArray array = model.array(name);
            INDArray change = step.shaped(name, array);
            if (minimized) {
                array.subi(change);
            } else {
                array.addi(change);
            }
        }
    }
}
