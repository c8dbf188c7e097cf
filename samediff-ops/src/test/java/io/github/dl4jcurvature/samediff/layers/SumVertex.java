/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import io.github.dl4jcurvature.samediff.MatrixEquations;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** Solves a Sylvester equation for the second moments of its inputs of width 4, which it multiplies by the first. */
public class SumVertex extends CorrectedSameDiffLambdaVertex {
    private static final long serialVersionUID = 1L;

    @Override
    public InputType getOutputType(int index, InputType... inputs) {
        return inputs[0];
    }

    @Override
    public SDVariable defineOutput(SameDiff graph, VertexInputs inputs) {
        SDVariable left = inputs.getInput(0);
        SDVariable identity = graph.constant("identity", Nd4j.eye(4).castTo(left.dataType()));
        SDVariable moments = graph.transpose(left).mmul(left).mul(0.05).add(identity);
        return left.mmul(MatrixEquations.sylvester(graph, identity, moments, moments));
    }
}
