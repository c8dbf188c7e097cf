/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import java.util.Map;

import io.github.dl4jcurvature.samediff.MatrixEquations;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Multiplies its first input by the solution of a discrete Lyapunov equation with a trained matrix, and adds the second. */
public class MomentsVertex extends CorrectedSameDiffVertex {
    private static final long serialVersionUID = 1L;

    @Override
    public InputType getOutputType(int index, InputType... inputs) {
        return inputs[0];
    }

    @Override
    public void defineParametersAndInputs(SDVertexParams parameters) {
        parameters.defineInputs("left", "right");
        parameters.addWeightParam("A", 4, 4);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
        parameters.get("A").assign(RandomMatrices.gaussian(4, 4, 5).muli(0.2));
    }

    @Override
    public org.deeplearning4j.nn.conf.graph.GraphVertex clone() {
        return new MomentsVertex();
    }

    @Override
    public SDVariable defineOutput(
            SameDiff graph,
            Map<String, SDVariable> inputs,
            Map<String, SDVariable> parameters,
            @Nullable Map<String, SDVariable> masks) {
        SDVariable left = inputs.get("left");
        SDVariable identity = graph.constant("identity", Nd4j.eye(4).castTo(left.dataType()));
        SDVariable x = MatrixEquations.discreteLyapunov(graph, parameters.get("A"), identity);
        return left.mmul(x).add(inputs.get("right"));
    }
}
