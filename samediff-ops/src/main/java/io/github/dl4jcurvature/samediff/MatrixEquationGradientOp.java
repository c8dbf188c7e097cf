/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Backward pass of {@link MatrixEquationOutputOp}: arguments, state and the gradient of an output to the gradient of each
 * argument.
 *
 * <p>Made by the host's differentiation; public only because the host creates operations by reflection.
 */
public final class MatrixEquationGradientOp extends StateReadingOp {
    private static final String NAME = "curvature_matrix_equation_gradient";

    /** For the host. */
    public MatrixEquationGradientOp() {}

    MatrixEquationGradientOp(SameDiff graph, EquationSignature signature, Output output, SDVariable... inputs) {
        super(graph, signature, output, inputs);
    }

    @Override
    public String opName() {
        return NAME;
    }

    @Override
    List<INDArray> compute(List<INDArray> inputs) {
        EquationSignature signature = signature();
        int arguments = signature.arguments().size();
        Solution solution = Solution.restore(
                signature.equation(), signature.named(inputs), inputs.get(arguments), signature.optionArray());
        Map<Argument, INDArray> gradients = solution.gradients(Map.of(output(), inputs.get(arguments + 1)));
        return signature.arguments().stream()
                .map(argument -> Objects.requireNonNull(gradients.get(argument)))
                .toList();
    }

    @Override
    public int getNumOutputs() {
        return signature().arguments().size();
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return List.copyOf(inputs.subList(0, getNumOutputs()));
    }

    /** Refused. */
    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        throw new UnsupportedOperationException(
                "second derivatives of matrix equations in SameDiff graphs are not supported; use differences of gradients");
    }
}
