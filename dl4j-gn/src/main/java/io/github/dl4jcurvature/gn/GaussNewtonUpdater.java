/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/** Scales the steps that reversible layers write in the place of gradients. */
final class GaussNewtonUpdater implements GradientUpdater<GaussNewton> {
    private final GaussNewton configuration;

    GaussNewtonUpdater(GaussNewton configuration) {
        this.configuration = configuration;
    }

    @Override
    public GaussNewton getConfig() {
        return configuration;
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
        // there is none
    }

    @Override
    public Map<String, INDArray> getState() {
        return Map.of();
    }

    @Override
    public void setStateViewArray(@Nullable INDArray view, long[] shape, char order, boolean initialize) {
        // there is none
    }

    @Override
    public void applyUpdater(INDArray step, int iteration, int epoch) {
        step.muli(configuration.factor(iteration, epoch));
        double norm = step.norm2Number().doubleValue();
        if (!Double.isFinite(norm)) {
            throw new ArithmeticException(
                    "the Gauss-Newton step of iteration %d is not finite (its norm is %s); the parameters are unchanged: choose a smaller alpha than %s, damp the solver, or check the data for NaN"
                            .formatted(iteration, norm, configuration.getLearningRate(iteration, epoch)));
        }
        if (norm > configuration.maxStepNorm()) {
            step.muli(configuration.maxStepNorm() / norm);
        }
    }
}
