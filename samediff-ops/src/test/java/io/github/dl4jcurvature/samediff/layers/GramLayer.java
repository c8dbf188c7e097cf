/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import io.github.dl4jcurvature.samediff.MatrixEquations;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** Multiplies its input of width 4 by the solution of a Lyapunov equation for the input's second moments. */
public class GramLayer extends CorrectedSameDiffLambdaLayer {
    private static final long serialVersionUID = 1L;

    @Override
    public InputType getOutputType(int index, InputType input) {
        return input;
    }

    @Override
    public SDVariable defineOutput(SameDiff graph, SDVariable input) {
        SDVariable identity = graph.constant("identity", Nd4j.eye(4).castTo(input.dataType()));
        SDVariable moments = graph.transpose(input).mmul(input).mul(0.05).add(identity);
        return input.mmul(MatrixEquations.lyapunov(graph, identity.mul(2), moments));
    }
}
