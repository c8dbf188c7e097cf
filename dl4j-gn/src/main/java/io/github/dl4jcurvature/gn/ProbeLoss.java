/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** \(\sum v \circ o\) for labels v and outputs o before the activation, so that its gradient in o is v. */
final class ProbeLoss implements ILossFunction {
    private static final long serialVersionUID = 1L;

    @Override
    public double computeScore(
            INDArray v, INDArray outputs, IActivation activation, @Nullable INDArray mask, boolean average) {
        return v.mul(outputs).sumNumber().doubleValue();
    }

    @Override
    public INDArray computeScoreArray(INDArray v, INDArray outputs, IActivation activation, @Nullable INDArray mask) {
        return v.mul(outputs).sum(true, 1);
    }

    @Override
    public INDArray computeGradient(INDArray v, INDArray outputs, IActivation activation, @Nullable INDArray mask) {
        return v.dup();
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray v, INDArray outputs, IActivation activation, @Nullable INDArray mask, boolean average) {
        return new Pair<>(computeScore(v, outputs, activation, mask, average), v.dup());
    }

    @Override
    public String name() {
        return "ProbeLoss";
    }
}
