/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Twin of a network for passes that must not disturb it: its own activations, gradient, counters and recurrent state,
 * no listeners, no dropout, weight noise or regularisation, batch statistics as in training.
 *
 * <p>A pass yields, per layer, inputs and pre-activation errors ({@link LayerFactors}) and the flat gradient summed over
 * the examples. Captured are Dense, Output, RnnOutput, Convolution (two-dimensional), Embedding, SimpleRnn and LSTM
 * layers, the last three also within {@code LastTimeStep} and {@code Bidirectional}, and GravesLSTM but for its peepholes.
 * For any other layer with parameters ({@link #uncapturedLayers()}) only the flat gradient is available. Frozen
 * layers are left out. Truncated back-propagation is replaced by the standard one from a zero state.
 *
 * <p>Rows of output errors and means follow the host's two-dimensional layout: one per example, or for sequences row
 * \(t N + n\) for step t of example n. Where a label mask is zero, errors are zero.
 *
 * <p>Not thread-safe. Must not be used while an ND4J workspace is open: of a training listener's callbacks,
 * onGradientCalculation and iterationDone are suitable.
 */
public final class ShadowNetwork {
    private final ShadowModel model;
    private final Map<String, LayerCapture> captures;
    private final List<ShadowNode> nodes;
    private final List<String> uncaptured;
    private final FlatLayout layout;

    private ShadowNetwork(ShadowBuilder built) {
        model = built.model();
        captures = built.captures();
        nodes = model.nodes();
        uncaptured = nodes.stream()
                .filter(node ->
                        node.trained() && node.owner().numParams() > 0 && !isComplete(captures.get(node.name())))
                .map(ShadowNode::name)
                .toList();
        layout = new FlatLayout(nodes, parameters());
        for (ShadowNode node : nodes) {
            if (model.outputs().contains(node.name()) && !(node.owner() instanceof IOutputLayer)) {
                throw new IllegalArgumentException(
                        "output '%s' is not an output layer with a loss; end the network in an OutputLayer or RnnOutputLayer"
                                .formatted(node.name()));
            }
        }
    }

    /**
     * A shadow on the parameter buffer of a network: it always sees the current parameters.
     *
     * @param primary an initialised MultiLayerNetwork or ComputationGraph; not modified
     * @return the shadow
     * @throws IllegalArgumentException if the model is of another kind or has an output without a loss
     */
    public static ShadowNetwork of(Model primary) {
        ShadowNetwork shadow = withoutReport(primary);
        CoverageReport.log(shadow.nodes, shadow.uncaptured);
        return shadow;
    }

    /** As {@link #of}, where the coverage of the network has been reported before. */
    static ShadowNetwork withoutReport(Model primary) {
        return new ShadowNetwork(ShadowBuilder.of(primary, false));
    }

    /**
     * A shadow on a copy of the parameters, which may be changed freely through {@link #parameters()}.
     *
     * @param primary an initialised MultiLayerNetwork or ComputationGraph; not modified
     * @return the shadow
     * @throws IllegalArgumentException if the model is of another kind or has an output without a loss
     */
    public static ShadowNetwork withOwnParameters(Model primary) {
        return new ShadowNetwork(ShadowBuilder.of(primary, true));
    }

    /**
     * Whether this shadow works on a model's present parameter buffer; false after the model got a new one.
     *
     * @param candidate a model
     * @return whether both have the same buffer
     */
    public boolean sharesParametersWith(Model candidate) {
        INDArray own = parameters();
        INDArray other = candidate.params();
        return own.length() == other.length()
                && own.offset() == other.offset()
                && own.data().address() == other.data().address();
    }

    /**
     * Names of the layers with trained parameters of which not all can be captured.
     *
     * @return names in network order; empty if the layer factors make up the whole gradient
     */
    public List<String> uncapturedLayers() {
        return uncaptured;
    }

    /**
     * The parameters this shadow works on.
     *
     * @return flat vector [n], a view
     */
    public INDArray parameters() {
        INDArray parameters = model.params();
        return parameters.reshape(parameters.length());
    }

    /**
     * Which parameters gradients descend on: running statistics and frozen layers are not among them.
     *
     * @return fresh vector [n], 1 for those that are trained, else 0
     */
    public INDArray trained() {
        INDArray trained = Nd4j.ones(parameters().dataType(), parameters().length());
        layout.clearUntrained(trained);
        return trained;
    }

    /**
     * Gradient of the last pass, summed over the examples and without regularisation. Entries of batch normalisation's
     * running statistics hold what the host puts there, which is no gradient.
     *
     * @return flat vector [n] in the layout of the parameters, a view that the next pass overwrites
     * @throws IllegalStateException before the first pass
     */
    public INDArray gradient() {
        INDArray gradient = model.getFlattenedGradients();
        if (gradient == null) {
            throw new IllegalStateException("there is no gradient yet; run a pass first");
        }
        return gradient.reshape(gradient.length());
    }

    /**
     * Pass for the batch's own labels, with the host's loss gradient.
     *
     * @param batch features, labels and masks
     * @return factors of the captured layers in network order
     * @throws IllegalArgumentException if the batch has no labels
     */
    public List<LayerFactors> withLabels(CurvatureBatch batch) {
        if (batch.labels() == null) {
            throw new IllegalArgumentException("the batch has no labels; pass them or use withSampledLabels");
        }
        List<ErrorSource> hostErrors = Collections.nCopies(model.outputs().size(), null);
        return pass(batch, hostErrors, true);
    }

    /**
     * Pass for labels drawn from the network's predictive distribution.
     *
     * @param batch features and masks; labels are ignored
     * @param sampler source of the labels
     * @return factors of the captured layers in network order
     * @throws IllegalArgumentException if an output has no supported pair of loss and activation
     */
    public List<LayerFactors> withSampledLabels(CurvatureBatch batch, LabelSampler sampler) {
        return pass(batch, OutputErrors.sampled(distributions(), sampler), true);
    }

    /**
     * Pass for given output errors: the gradient becomes \(J^\top u\).
     *
     * @param batch features and masks; labels are ignored
     * @param outputErrors u for each output, shape [rows, nOut]; not modified
     * @return factors of the captured layers in network order
     * @throws IllegalArgumentException if the number or a shape of the errors is wrong
     */
    public List<LayerFactors> withInjectedErrors(CurvatureBatch batch, List<INDArray> outputErrors) {
        return pass(batch, OutputErrors.given(outputErrors, model.outputs()), true);
    }

    /**
     * As {@link #withInjectedErrors} for the gradient alone, without the cost of copying factors.
     *
     * @param batch features and masks; labels are ignored
     * @param outputErrors u for each output, shape [rows, nOut]; not modified
     * @throws IllegalArgumentException if the number or a shape of the errors is wrong
     */
    public void backpropagate(CurvatureBatch batch, List<INDArray> outputErrors) {
        pass(batch, OutputErrors.given(outputErrors, model.outputs()), false);
    }

    /**
     * Mean parameters of the outputs (probabilities, or predictions of identity outputs), batch statistics as in
     * training.
     *
     * @param batch features and masks; labels are ignored
     * @return for each output, fresh, shape [rows, nOut]
     * @throws IllegalArgumentException if an output has no supported pair of loss and activation
     */
    public List<INDArray> outputMeans(CurvatureBatch batch) {
        return new NetworkPasses(this).outputMeans(batch);
    }

    /** Pre-activations z of the outputs, fresh, each of shape [rows, nOut]; zero where masked. */
    List<INDArray> preActivations(CurvatureBatch batch) {
        List<LossCapture> outputs = outputCaptures();
        requireNoOpenWorkspace();
        model.forward(batch);
        return outputs.stream()
                .map(output -> output.loss().takePreActivations())
                .toList();
    }

    /** Factors for errors chosen when the outputs are known. */
    List<LayerFactors> withErrorsFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        return pass(batch, sources, true);
    }

    /** Factors alone, for errors chosen when the outputs are known; the gradient holds nothing of use afterwards. */
    List<LayerFactors> factorsFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        skipGradients(true);
        try {
            return pass(batch, sources, true);
        } finally {
            skipGradients(false);
        }
    }

    private void skipGradients(boolean skip) {
        for (ShadowNode node : nodes) {
            if (node.owner() instanceof OnePassLstmLayer lstm) {
                lstm.skipGradient(skip);
            }
        }
    }

    /** Names of the outputs in the host's order. */
    List<String> outputs() {
        return model.outputs();
    }

    /** Labels of an output in the layout of its rows, shape [rows, nOut]. */
    INDArray labelRows(int output, INDArray labels) {
        return outputCaptures().get(output).labelRows(labels);
    }

    /** Gradient alone, for errors chosen when the outputs are known. */
    void backpropagateFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        pass(batch, sources, false);
    }

    /** The predictive distribution of each output, or an IllegalArgumentException that names the pair. */
    List<OutputDistribution> distributions() {
        List<LossCapture> outputs = outputCaptures();
        List<OutputDistribution> distributions = new ArrayList<>();
        for (int k = 0; k < outputs.size(); k++) {
            distributions.add(outputs.get(k).distribution(model.outputs().get(k)));
        }
        return distributions;
    }

    /**
     * Whether every error row belongs to one example and depends on no other, so that factors can be weighted by
     * example.
     */
    boolean keepsExamplesApart() {
        return uncaptured.isEmpty() && model.keepsExamplesApart();
    }

    private static boolean isComplete(@Nullable LayerCapture capture) {
        return capture != null && capture.isComplete();
    }

    FlatLayout layout() {
        return layout;
    }

    private List<LossCapture> outputCaptures() {
        List<LossCapture> outputs = new ArrayList<>();
        for (String name : model.outputs()) {
            if (!(captures.get(name) instanceof LossCapture output)) {
                throw new IllegalArgumentException(
                        "output '%s' is none of OutputLayer, RnnOutputLayer and LossLayer; only these take sampled labels or"
                                        .formatted(name)
                                + " injected errors");
            }
            outputs.add(output);
        }
        return outputs;
    }

    private List<LayerFactors> pass(CurvatureBatch batch, List<@Nullable ErrorSource> sources, boolean record) {
        requireNoOpenWorkspace();
        List<LayerFactors> factors = new ArrayList<>();
        INDArray[] labels = setErrorSources(sources) ? null : batch.labels();
        captures.values().forEach(capture -> capture.recordErrors(record));
        try {
            model.backward(batch, labels, activations -> {
                if (record) {
                    collect(batch, activations, factors);
                }
            });
        } finally {
            captures.values().forEach(capture -> capture.recordErrors(false));
        }
        return factors;
    }

    /** Whether errors come from elsewhere than the host's loss. */
    private boolean setErrorSources(List<@Nullable ErrorSource> sources) {
        boolean chosen = sources.get(0) != null;
        for (int k = 0; k < sources.size(); k++) {
            if (captures.get(model.outputs().get(k)) instanceof LossCapture output) {
                output.loss().errorsFrom(sources.get(k));
            } else if (chosen) {
                outputCaptures(); // names the output that takes no errors
            }
        }
        return chosen;
    }

    private void collect(
            CurvatureBatch batch, Function<String, @Nullable INDArray> activations, List<LayerFactors> factors) {
        for (ShadowNode node : nodes) {
            LayerCapture capture = captures.get(node.name());
            if (capture != null && node.trained() && node.owner().numParams() > 0) {
                factors.addAll(capture.factors(new LayerPass(
                        node.name(),
                        (Layer) node.owner(),
                        activations.apply(node.name()),
                        batch.examples(),
                        "",
                        batch.sequenceMask())));
            }
        }
    }

    private static void requireNoOpenWorkspace() {
        if (Nd4j.getWorkspaceManager().anyWorkspaceActiveForCurrentThread()) {
            throw new IllegalStateException(
                    "an ND4J workspace is open (%s); close it before using a shadow network, and"
                                    .formatted(Nd4j.getWorkspaceManager().getAllWorkspacesIdsForCurrentThread())
                            + " in a training listener use onGradientCalculation or iterationDone");
        }
    }
}
