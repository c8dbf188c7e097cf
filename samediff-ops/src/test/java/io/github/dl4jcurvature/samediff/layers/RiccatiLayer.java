/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import java.util.Map;

import io.github.dl4jcurvature.samediff.MatrixEquations;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Multiplies its input of width 4 by the solution of a Riccati equation with trained matrices. */
public class RiccatiLayer extends CorrectedSameDiffLayer {
    private static final long serialVersionUID = 1L;

    @Override
    public InputType getOutputType(int index, InputType input) {
        return InputType.feedForward(4);
    }

    @Override
    public void defineParameters(SDLayerParams parameters) {
        parameters.addWeightParam("A", 4, 4);
        parameters.addWeightParam("B", 4, 2);
        parameters.addWeightParam("L", 4, 4);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
        parameters.get("A").assign(RandomMatrices.gaussian(4, 4, 1).muli(0.3));
        parameters.get("B").assign(RandomMatrices.gaussian(4, 2, 2));
        parameters.get("L").assign(Nd4j.eye(4));
    }

    @Override
    public SDVariable defineOutput(
            SameDiff graph, SDVariable input, Map<String, SDVariable> parameters, @Nullable SDVariable mask) {
        SDVariable factor = parameters.get("L");
        SDVariable r = graph.constant("R", Nd4j.eye(2).castTo(input.dataType()));
        SDVariable x = MatrixEquations.care(
                graph, parameters.get("A"), parameters.get("B"), factor.mmul(graph.transpose(factor)), r);
        return input.mmul(x);
    }
}
