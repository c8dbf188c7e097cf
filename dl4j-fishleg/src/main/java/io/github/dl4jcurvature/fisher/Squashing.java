/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Activation functions whose derivative follows from their value. */
enum Squashing {
    /** \(y = \tanh z\), \(y' = 1 - y^2\). */
    TANH {
        @Override
        void apply(INDArray z) {
            Transforms.tanh(z, false);
        }

        @Override
        void derivative(INDArray y, INDArray target) {
            y.muli(y, target).rsubi(1);
        }
    },
    /** \(y = 1 / (1 + e^{-z})\), \(y' = y - y^2\). */
    SIGMOID {
        @Override
        void apply(INDArray z) {
            Transforms.sigmoid(z, false);
        }

        @Override
        void derivative(INDArray y, INDArray target) {
            y.muli(y, target).rsubi(y);
        }
    };

    /** The function of that kind; null if there is none. */
    static @Nullable Squashing of(IActivation function) {
        if (function instanceof ActivationTanH) {
            return TANH;
        }
        return function instanceof ActivationSigmoid ? SIGMOID : null;
    }

    /** Replaces z by y. */
    abstract void apply(INDArray z);

    /** Writes y' for values y, which stay as they are. */
    abstract void derivative(INDArray y, INDArray target);
}
