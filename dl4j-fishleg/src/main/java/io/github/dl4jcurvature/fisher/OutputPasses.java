/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Passes of a twin of a model: forward to its outputs, and back from errors at them. Vectors over all parameters are flat;
 * the model itself is never touched.
 */
interface OutputPasses extends ParameterPositions {
    /** The parameters of the twin, shape [n]. */
    INDArray parameters();

    /** Names of the outputs. */
    List<String> outputs();

    /** The predictive distribution of each output. */
    List<OutputDistribution> distributions();

    /** Pre-activations z of the outputs, fresh, each of shape [rows, nOut]. */
    List<INDArray> preActivations(CurvatureBatch batch);

    /** Mean parameters of the outputs, fresh, each of shape [rows, nOut]. */
    default List<INDArray> outputMeans(CurvatureBatch batch) {
        List<OutputDistribution> distributions = distributions();
        List<INDArray> preActivations = preActivations(batch);
        List<INDArray> means = new ArrayList<>();
        for (int k = 0; k < distributions.size(); k++) {
            means.add(distributions.get(k).mean(preActivations.get(k)));
        }
        return means;
    }

    /** Gradient alone, for given errors at the outputs. */
    void backpropagate(CurvatureBatch batch, List<INDArray> outputErrors);

    /** Gradient alone, for errors chosen when the outputs are known. */
    void backpropagateFrom(CurvatureBatch batch, List<ErrorSource> sources);

    /** Gradient and factors, for errors chosen when the outputs are known. */
    List<LayerFactors> withErrorsFrom(CurvatureBatch batch, List<ErrorSource> sources);

    /** As {@link #withErrorsFrom} where the gradient is not asked for: what {@link #gradient()} holds afterwards is not defined. */
    default List<LayerFactors> factorsFrom(CurvatureBatch batch, List<ErrorSource> sources) {
        return withErrorsFrom(batch, sources);
    }

    /** Flat gradient of the last pass, shape [n]; the next one overwrites it. */
    INDArray gradient();

    /** Labels of an output in the layout of its rows, shape [rows, nOut]; the batch has labels. */
    INDArray labelRows(int output, CurvatureBatch batch);

    /** Names of the layers of which not all parameters yield factors. */
    List<String> uncapturedLayers();

    /** Whether factors make up the whole gradient and every row belongs to one example and depends on no other. */
    boolean keepsExamplesApart();

    /** The entries of one parameter in a flat vector, as a view in the parameter's shape. */
    INDArray view(INDArray flat, String layer, String key);

    /** Zeroes the entries of a flat vector on which no gradient descends. */
    void clearUntrained(INDArray flat);
}
