/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Shows a SameDiff graph to the curvature-aware updater that trains it, as {@link CurvatureListener} shows a network.
 *
 * <p>The training configuration names the updater as any other; the listener says what the graph does not: which variable is
 * predictive, with which likelihood, and which matrix and bias make up a layer.
 *
 * <pre>{@code
 * graph.setTrainingConfig(TrainingConfig.builder()
 *         .updater(new FishLeg(0.1))
 *         .dataSetFeatureMapping("input").dataSetLabelMapping("labels").build());
 * graph.addListeners(SameDiffCurvatureListener.builder()
 *         .output("logits", OutputLikelihood.CATEGORICAL, "labels")
 *         .layer("w0", "b0")
 *         .layer("w1", "b1")
 *         .build());
 * }</pre>
 *
 * <p>Of the variables that no layer names, matrices have Kronecker blocks of their own and all others diagonal ones. The loss must
 * be the mean over the examples of the negative logarithm of the likelihood, which is checked in the first iteration if the
 * labels are named. Fisher-vector products take passes of a copy of the graph, made when training starts.
 *
 * <p>All variables are stepped together when the last gradient of an iteration is known: until then the host steps each of them
 * by zero, which is what {@code preUpdate} shows to other listeners. The listener must be added again after loading a graph,
 * {@code dup()} and {@code setListeners}; without it the updater stops with a message that says so. It does nothing for the host's
 * own updaters. It may be used for several graphs with the same names, one after the other; if a graph has several, the first
 * acts. Not thread-safe.
 */
public final class SameDiffCurvatureListener extends BaseListener {
    private final List<GraphLayer.Names> layers;
    private final List<GraphOutput> outputs;
    private final @Nullable INDArray auxiliaryInputs;
    private @Nullable GraphBinding binding;

    private SameDiffCurvatureListener(Builder builder) {
        layers = List.copyOf(builder.layers);
        outputs = List.copyOf(builder.outputs);
        auxiliaryInputs = builder.auxiliaryInputs;
    }

    /**
     * Starts the description of a graph.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public boolean isActive(Operation operation) {
        return operation == Operation.TRAINING;
    }

    @Override
    public void iterationStart(SameDiff sd, At at, MultiDataSet data, long etlMs) {
        if (sd.getTrainingConfig().getUpdater() instanceof CurvatureConfiguration) {
            bindingOf(sd).begin(at, CurvatureBatch.of(data));
        } else {
            binding = null;
        }
    }

    @Override
    public void preOpExecution(SameDiff sd, At at, SameDiffOp op, OpContext opContext) {
        if (binding != null) {
            binding.install();
        }
    }

    @Override
    public void activationAvailable(
            SameDiff sd, At at, MultiDataSet batch, SameDiffOp op, String varName, INDArray activation) {
        if (binding != null) {
            binding.see(varName, activation);
        }
    }

    @Override
    public void preUpdate(SameDiff sd, At at, Variable v, INDArray update) {
        if (binding != null) {
            binding.onUpdate(at, v.getName(), update);
        }
    }

    /** The listener of a graph that has begun to be trained, or was loaded with the state of its updaters. */
    static SameDiffCurvatureListener of(SameDiff graph) {
        if (graph.getUpdaterMap() == null) {
            throw new IllegalStateException("the graph has not been trained; call fit first");
        }
        for (GradientUpdater<?> updater : graph.getUpdaterMap().values()) {
            if (updater instanceof VariableUpdater each) {
                return each.listener();
            }
        }
        for (Listener listener : graph.getListeners()) {
            if (listener instanceof SameDiffCurvatureListener each) {
                return each;
            }
        }
        throw new IllegalStateException(
                "the graph has no SameDiffCurvatureListener; add it: graph.addListeners(SameDiffCurvatureListener.builder()...build())");
    }

    /** The tie to a graph, made anew if it is another graph or has changed. */
    GraphBinding bindingOf(SameDiff graph) {
        if (!(graph.getTrainingConfig().getUpdater() instanceof CurvatureConfiguration config)) {
            throw new IllegalStateException(
                    "the updater of the graph's training configuration is %s, which needs no curvature"
                            .formatted(graph.getTrainingConfig().getUpdater()));
        }
        if (binding == null || !binding.fits(graph, config)) {
            if (!graph.hasGradientFunction()) {
                graph.createGradFunction();
            }
            binding = null;
            binding = new GraphBinding(
                    new GraphSettings(graph, outputs),
                    layers,
                    this,
                    config,
                    auxiliaryInputs == null
                            ? AuxiliaryInputs.fromTrainingBatch()
                            : AuxiliaryInputs.drawnFrom(auxiliaryInputs));
        }
        return binding;
    }

    /** Fluent description of a graph. */
    public static final class Builder {
        private final List<GraphLayer.Names> layers = new ArrayList<>();
        private final List<GraphOutput> outputs = new ArrayList<>();
        private @Nullable INDArray auxiliaryInputs;

        private Builder() {}

        /**
         * Names a predictive variable; the loss is not compared with the likelihood.
         *
         * @param variable z, logits or predictions, shape [examples, outputs]
         * @param likelihood likelihood of the labels given z
         * @return this builder
         */
        public Builder output(String variable, OutputLikelihood likelihood) {
            outputs.add(new GraphOutput(variable, likelihood, null));
            return this;
        }

        /**
         * Names a predictive variable and its labels; the first iteration checks that the derivative of the loss is that of
         * the likelihood.
         *
         * @param variable z, logits or predictions, shape [examples, outputs]
         * @param likelihood likelihood of the labels given z
         * @param labels placeholder of the labels, of the same shape
         * @return this builder
         */
        public Builder output(String variable, OutputLikelihood likelihood, String labels) {
            outputs.add(new GraphOutput(variable, likelihood, labels));
            return this;
        }

        /**
         * Names a weight matrix W and the bias that is added to x W: they have one block together, as a dense layer has.
         *
         * @param weight variable of shape [inputs, outputs]
         * @param bias variable of as many elements as there are outputs
         * @return this builder
         */
        public Builder layer(String weight, String bias) {
            layers.add(new GraphLayer.Names(weight, bias));
            return this;
        }

        /**
         * Names a weight matrix without bias; needed only to fix the order of blocks, or for a matrix of one row.
         *
         * @param weight variable of shape [inputs, outputs]
         * @return this builder
         */
        public Builder layer(String weight) {
            layers.add(new GraphLayer.Names(weight, null));
            return this;
        }

        /**
         * Takes Fisher statistics on random rows of fixed inputs instead of the training batch. Only for graphs with one
         * feature placeholder.
         *
         * @param inputs features, shape [examples, ...]; a copy is kept
         * @return this builder
         * @throws IllegalArgumentException if there is no dimension of examples
         */
        public Builder auxiliaryInputs(INDArray inputs) {
            AuxiliaryInputs.drawnFrom(inputs); // checks the shape
            auxiliaryInputs = inputs;
            return this;
        }

        /**
         * Builds the listener.
         *
         * @return a listener for graphs with these names
         * @throws IllegalStateException if no predictive variable is named
         */
        public SameDiffCurvatureListener build() {
            if (outputs.isEmpty()) {
                throw new IllegalStateException(
                        "no predictive variable is named; call output(\"logits\", OutputLikelihood.CATEGORICAL, \"labels\") or the like");
            }
            return new SameDiffCurvatureListener(this);
        }
    }
}
