/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Passes of the twin of a graph at given parameters. */
final class GraphPasses implements OutputPasses {
    private final GraphSettings settings;
    private final GraphLayout layout;
    private final GraphTwin twin;
    private final Supplier<GraphVector> parameters;
    private final GraphVector gradient;

    /**
     * Passes.
     *
     * @param parameters where the parameters are taken from before each pass
     */
    GraphPasses(GraphSettings settings, GraphLayout layout, GraphTwin twin, Supplier<GraphVector> parameters) {
        this.settings = settings;
        this.layout = layout;
        this.twin = twin;
        this.parameters = parameters;
        gradient = new GraphVector(layout);
    }

    @Override
    public INDArray parameters() {
        return parameters.get().flat();
    }

    @Override
    public List<String> outputs() {
        return settings.outputs().stream().map(GraphOutput::variable).toList();
    }

    @Override
    public List<OutputDistribution> distributions() {
        return settings.outputs().stream()
                .map(output -> output.likelihood().distribution())
                .toList();
    }

    @Override
    public List<INDArray> preActivations(CurvatureBatch batch) {
        twin.set(parameters.get(), layout.variables());
        List<INDArray> outputs = twin.forward(settings.placeholders(batch));
        for (int k = 0; k < outputs.size(); k++) {
            settings.outputs().get(k).checkRows(outputs.get(k), batch.examples());
        }
        return outputs;
    }

    @Override
    public void backpropagate(CurvatureBatch batch, List<INDArray> outputErrors) {
        twin.set(parameters.get(), layout.variables());
        OutAndGrad results = twin.backward(settings.placeholders(batch), outputErrors, List.of(), layout.variables());
        gradient.gather(results.getGradients()::get);
    }

    @Override
    public void backpropagateFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        backpropagate(batch, errors(batch, sources));
    }

    private List<INDArray> errors(CurvatureBatch batch, List<ErrorSource> sources) {
        List<INDArray> outputs = preActivations(batch);
        List<INDArray> errors = new ArrayList<>();
        for (int k = 0; k < outputs.size(); k++) {
            errors.add(sources.get(k).errorAt(outputs.get(k)));
        }
        return errors;
    }

    @Override
    public List<LayerFactors> withErrorsFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        List<INDArray> errors = errors(batch, sources);
        Set<String> values = new LinkedHashSet<>();
        Set<String> gradients = new LinkedHashSet<>(layout.variables());
        for (GraphLayer layer : layout.layers()) {
            GraphMatrix matrix = layer.matrix();
            if (matrix != null) {
                gradients.add(matrix.product());
                if (twin.isComputed(matrix.input())) {
                    values.add(matrix.input());
                }
            }
        }
        Map<String, INDArray> placeholders = settings.placeholders(batch);
        OutAndGrad results = twin.backward(placeholders, errors, values, gradients);
        gradient.gather(results.getGradients()::get);
        Map<String, INDArray> inputs = new HashMap<>(placeholders);
        inputs.putAll(results.getOutputs());
        return factors(batch, inputs, results.getGradients());
    }

    private List<LayerFactors> factors(
            CurvatureBatch batch, Map<String, INDArray> inputs, Map<String, INDArray> gradients) {
        List<LayerFactors> factors = new ArrayList<>();
        for (GraphLayer layer : layout.layers()) {
            GraphMatrix matrix = layer.matrix();
            INDArray errors = matrix == null ? null : gradients.get(matrix.product());
            if (matrix != null && errors != null) { // no errors: the outputs do not depend on the layer
                INDArray input = inputs.containsKey(matrix.input())
                        ? GraphNames.present(inputs.get(matrix.input()), matrix.input())
                        : twin.array(matrix.input());
                factors.add(LayerFactors.ofMatrix(
                        layer.weight(),
                        layer.inputsAndOutputs(),
                        layer.bias(),
                        input.castTo(layout.type()).dup('c'),
                        errors.dup('c'),
                        batch.examples()));
            }
        }
        return factors;
    }

    @Override
    public INDArray gradient() {
        return gradient.flat();
    }

    @Override
    public INDArray labelRows(int output, CurvatureBatch batch) {
        GraphOutput named = settings.outputs().get(output);
        INDArray labels =
                named.labels() == null ? null : settings.placeholders(batch).get(named.labels());
        if (labels == null) {
            throw new IllegalArgumentException(
                    "output '%s' has no labels in this batch; name their placeholder: output(\"%s\", %s, labels)"
                            .formatted(named.variable(), named.variable(), named.likelihood()));
        }
        return labels;
    }

    @Override
    public List<String> uncapturedLayers() {
        return layout.layers().stream()
                .filter(layer -> layer.matrix() == null)
                .map(GraphLayer::weight)
                .toList();
    }

    /** Operations between examples, such as the normalisation of a batch, cannot be excluded. */
    @Override
    public boolean keepsExamplesApart() {
        return false;
    }

    @Override
    public INDArray view(INDArray flat, String layer, String key) {
        return layout.view(flat, key);
    }

    @Override
    public long start(String layer, String key) {
        return layout.start(layer, key);
    }

    @Override
    public void clearUntrained(INDArray flat) {
        // flat vectors hold trained variables only
    }
}
