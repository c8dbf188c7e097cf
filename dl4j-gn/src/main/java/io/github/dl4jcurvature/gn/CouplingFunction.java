/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.Gemm;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * \(F(X) = \phi(X V)\, W + 1 b^\top\), linear in W [m, k] and b [1, k], with V [h, m] fixed, or absent so that m = h.
 *
 * <p>Rows are examples. Fresh arrays are made in the current workspace.
 */
final class CouplingFunction {
    private final @Nullable INDArray projection;
    private final INDArray weights;
    private final @Nullable INDArray bias;
    private final IActivation activation;

    CouplingFunction(@Nullable INDArray projection, INDArray weights, @Nullable INDArray bias, IActivation activation) {
        this.projection = projection;
        this.weights = weights;
        this.bias = bias;
        this.activation = activation;
    }

    INDArray weights() {
        return weights;
    }

    @Nullable
    INDArray bias() {
        return bias;
    }

    /** What the function and its derivatives need to know about an argument X, [n, h]. */
    Features at(INDArray x) {
        return new Features(projected(x), activation, bias != null);
    }

    /** Adds F(X) to a target, or subtracts it. */
    void add(double sign, Features at, INDArray target) {
        Gemm.multiply(sign, at.activations(), weights, 1, target);
        if (bias != null) {
            if (sign > 0) {
                target.addiRowVector(bias);
            } else {
                target.subiRowVector(bias);
            }
        }
    }

    /** The directional derivative \((\phi'(X V) \circ (S V)) W\) for a change S of X, [n, k]. */
    INDArray tangent(Features at, INDArray direction) {
        INDArray moved = projected(direction).muli(at.slopes());
        INDArray tangent = fresh(direction.size(0), weights.size(1));
        Gemm.multiply(1, moved, weights, 0, tangent);
        return tangent;
    }

    /** The gradient with respect to X, \(((G W^\top) \circ \phi'(X V)) V^\top\), for a gradient G of F(X), [n, h]. */
    INDArray cotangent(Features at, INDArray gradient) {
        INDArray back = fresh(gradient.size(0), weights.size(0));
        Gemm.multiply(1, gradient, weights.transpose(), 0, back);
        back.muli(at.slopes());
        if (projection == null) {
            return back;
        }
        INDArray cotangent = fresh(gradient.size(0), projection.size(0));
        Gemm.multiply(1, back, projection.transpose(), 0, cotangent);
        return cotangent;
    }

    /** Writes the gradients with respect to W and b for a gradient G of F(X). */
    static void gradients(Features at, INDArray gradient, INDArray weightGradient, @Nullable INDArray biasGradient) {
        Gemm.multiply(1, at.activations().transpose(), gradient, 0, weightGradient);
        if (biasGradient != null) {
            biasGradient.assign(gradient.sum(true, 0));
        }
    }

    /** X V in a fresh array. */
    private INDArray projected(INDArray x) {
        INDArray projected = fresh(x.size(0), weights.size(0));
        if (projection == null) {
            return projected.assign(x);
        }
        Gemm.multiply(1, x, projection, 0, projected);
        return projected;
    }

    private INDArray fresh(long rows, long columns) {
        return Nd4j.createUninitialized(weights.dataType(), new long[] {rows, columns}, 'f');
    }
}
