/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A small network with a batch whose labels fit it. */
record NetworkCase(String name, Model model, CurvatureBatch batch) {

    /** The host's own summed gradient, from a clone so that the model keeps its state. */
    INDArray hostGradient() {
        if (model instanceof MultiLayerNetwork network) {
            MultiLayerNetwork clone = network.clone();
            clone.setInput(batch.inputs()[0]);
            clone.setLabels(batch.labels()[0]);
            clone.setLayerMaskArrays(
                    batch.inputMasks() == null ? null : batch.inputMasks()[0],
                    batch.labelMasks() == null ? null : batch.labelMasks()[0]);
            clone.computeGradientAndScore();
            return clone.getFlattenedGradients().reshape(model.numParams()).dup();
        }
        ComputationGraph clone = ((ComputationGraph) model).clone();
        clone.setInputs(batch.inputs());
        clone.setLabels(batch.labels());
        clone.setLayerMaskArrays(batch.inputMasks(), batch.labelMasks());
        clone.computeGradientAndScore();
        return clone.getFlattenedGradients().reshape(model.numParams()).dup();
    }

    /** Keys of all parameters of a layer. */
    static List<String> keys(LayerFactors factors) {
        List<String> keys = new ArrayList<>(factors.weightKeys());
        if (factors.biasKey() != null) {
            keys.add(factors.biasKey());
        }
        return keys;
    }

    @Override
    public String toString() {
        return name;
    }
}
