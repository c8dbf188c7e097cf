/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** \(A = \phi(Z)\) and \(\phi'(Z)\) of a batch Z [n, m], for an elementwise \(\phi\). */
final class Features {
    private final INDArray preActivations;
    private final IActivation activation;
    private final boolean constant;
    private final INDArray activations;
    private @Nullable INDArray slopes;

    Features(INDArray preActivations, IActivation activation, boolean constant) {
        this.preActivations = preActivations;
        this.activation = activation;
        this.constant = constant;
        this.activations = activation.getActivation(preActivations.dup('f'), true); // overwrites its argument
    }

    /** A, [n, m]. */
    INDArray activations() {
        return activations;
    }

    /** The derivatives, [n, m]. */
    INDArray slopes() {
        INDArray known = slopes;
        if (known == null) {
            INDArray ones = Nd4j.onesLike(preActivations);
            known = activation.backprop(preActivations.dup('f'), ones).getFirst();
            slopes = known;
        }
        return known;
    }

    /** The columns of a linear model of (W, b): A, and a column of ones if there is a bias; [n, m or m + 1]. */
    ColumnMajor columns() {
        if (!constant) {
            return ColumnMajor.copyOf("activations", activations);
        }
        long n = activations.size(0);
        long m = activations.size(1);
        INDArray columns = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', n, m + 1);
        columns.get(NDArrayIndex.all(), NDArrayIndex.interval(0, m)).assign(activations);
        columns.get(NDArrayIndex.all(), NDArrayIndex.interval(m, m + 1)).assign(1);
        return ColumnMajor.of(columns);
    }
}
