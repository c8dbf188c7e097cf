/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.List;

import io.github.dl4jcurvature.equations.Solution;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Solves a matrix equation: its arguments to the INT64 vector of {@link Solution#state()}.
 *
 * <p>The vector carries the factors to the backward pass. It is made by {@link MatrixEquations}; public only because the
 * host creates operations by reflection.
 */
public final class SolveMatrixEquationOp extends ComputedOp {
    private static final String NAME = "curvature_matrix_equation";

    /** For the host. */
    public SolveMatrixEquationOp() {}

    SolveMatrixEquationOp(SameDiff graph, EquationSignature signature, SDVariable... inputs) {
        super(graph, inputs);
        signature.writeTo(this);
    }

    @Override
    public String opName() {
        return NAME;
    }

    @Override
    List<INDArray> compute(List<INDArray> inputs) {
        EquationSignature signature = EquationSignature.of(this);
        return List.of(signature
                .equation()
                .solve(signature.named(inputs), signature.optionArray())
                .state());
    }

    @Override
    public int getNumOutputs() {
        return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return List.of(DataType.INT64);
    }

    /** Nothing: gradients go through the operations that read the state. */
    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        return List.of();
    }
}
