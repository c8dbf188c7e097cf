/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.List;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The identity, with a gradient that is multiplied by a number.
 *
 * <p>Made by {@link HostGradient}; public only because the host creates operations by reflection.
 */
public final class GradientScaleOp extends ComputedOp {
    private static final String NAME = "curvature_gradient_scale";

    /** For the host. */
    public GradientScaleOp() {}

    GradientScaleOp(SameDiff graph, double factor, SDVariable input) {
        super(graph, input);
        addTArgument(factor);
    }

    @Override
    public String opName() {
        return NAME;
    }

    @Override
    List<INDArray> compute(List<INDArray> inputs) {
        return List.of(inputs.get(0));
    }

    @Override
    public int getNumOutputs() {
        return 1;
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
        return List.of(inputs.get(0));
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        return List.of(gradients.get(0).mul(getTArgument(0)));
    }
}
