/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Passes of a shadow network. */
record NetworkPasses(ShadowNetwork shadow) implements OutputPasses {
    @Override
    public INDArray parameters() {
        return shadow.parameters();
    }

    @Override
    public List<String> outputs() {
        return shadow.outputs();
    }

    @Override
    public List<OutputDistribution> distributions() {
        return shadow.distributions();
    }

    @Override
    public List<INDArray> preActivations(CurvatureBatch batch) {
        return shadow.preActivations(batch);
    }

    @Override
    public void backpropagate(CurvatureBatch batch, List<INDArray> outputErrors) {
        shadow.backpropagate(batch, outputErrors);
    }

    @Override
    public void backpropagateFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        shadow.backpropagateFrom(batch, sources);
    }

    @Override
    public List<LayerFactors> withErrorsFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        return shadow.withErrorsFrom(batch, sources);
    }

    @Override
    public List<LayerFactors> factorsFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        return shadow.factorsFrom(batch, sources);
    }

    @Override
    public INDArray gradient() {
        return shadow.gradient();
    }

    @Override
    public INDArray labelRows(int output, CurvatureBatch batch) {
        return shadow.labelRows(output, Objects.requireNonNull(batch.labels(), "checked by the caller")[output]);
    }

    @Override
    public List<String> uncapturedLayers() {
        return shadow.uncapturedLayers();
    }

    @Override
    public boolean keepsExamplesApart() {
        return shadow.keepsExamplesApart();
    }

    @Override
    public INDArray view(INDArray flat, String layer, String key) {
        return shadow.layout().view(flat, layer, key);
    }

    @Override
    public long start(String layer, String key) {
        return shadow.layout().start(layer, key);
    }

    @Override
    public void clearUntrained(INDArray flat) {
        shadow.layout().clearUntrained(flat);
    }
}
