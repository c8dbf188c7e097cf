/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import java.util.Map;

import io.github.dl4jcurvature.samediff.MatrixEquations;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffOutputLayer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Mean squared error of the input times the solution of a Lyapunov equation with a trained matrix. */
public class QuadraticOutputLayer extends SameDiffOutputLayer {
    private static final long serialVersionUID = 1L;

    @Override
    public InputType getOutputType(int index, InputType input) {
        return input;
    }

    @Override
    public void defineParameters(SDLayerParams parameters) {
        parameters.addWeightParam("A", 4, 4);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
        parameters.get("A").assign(RandomMatrices.gaussian(4, 4, 6).muli(0.2).addi(Nd4j.eye(4)));
    }

    @Override
    public SDVariable defineLayer(
            SameDiff graph, SDVariable input, SDVariable labels, Map<String, SDVariable> parameters) {
        SDVariable identity = graph.constant("identity", Nd4j.eye(4).castTo(input.dataType()));
        SDVariable x = MatrixEquations.lyapunov(graph, parameters.get("A"), identity);
        SDVariable prediction = input.mmul("prediction", x);
        return graph.math().square(prediction.sub(labels)).mean("loss");
    }

    @Override
    public String activationsVertexName() {
        return "prediction";
    }
}
