/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An output of a solved matrix equation: its arguments and the state of {@link SolveMatrixEquationOp} to a matrix.
 *
 * <p>Made by {@link MatrixEquations}; public only because the host creates operations by reflection.
 */
public final class MatrixEquationOutputOp extends StateReadingOp {
    private static final String NAME = "curvature_matrix_equation_output";

    /** For the host. */
    public MatrixEquationOutputOp() {}

    MatrixEquationOutputOp(SameDiff graph, EquationSignature signature, Output output, SDVariable... inputs) {
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
        return List.of(
                Solution.valueOf(signature.equation(), signature.named(inputs), inputs.get(arguments), output()));
    }

    @Override
    public int getNumOutputs() {
        return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return List.of(inputs.get(0)); // A comes first
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        List<SDVariable> inputs = new ArrayList<>(Arrays.asList(args()));
        inputs.add(gradients.get(0));
        MatrixEquationGradientOp backward =
                new MatrixEquationGradientOp(sameDiff, signature(), output(), inputs.toArray(new SDVariable[0]));
        return Arrays.asList(backward.outputVariables());
    }
}
