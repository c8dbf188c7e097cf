/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.function.Consumer;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Activation function that shows each error \(\partial \ell / \partial z\) it propagates to a recorder.
 *
 * <p>The recorder gets the array the host goes on with: it must not modify it, and must copy what it keeps, because the
 * host later applies masks in place and reuses the memory.
 */
final class CapturingActivation implements IActivation {
    private final IActivation delegate;
    private final transient Consumer<INDArray> recorder;

    CapturingActivation(IActivation delegate, Consumer<INDArray> recorder) {
        this.delegate = delegate;
        this.recorder = recorder;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return delegate.getActivation(in, training);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        Pair<INDArray, INDArray> errors = delegate.backprop(in, epsilon);
        recorder.accept(errors.getFirst());
        return errors;
    }

    @Override
    public int numParams(int inputSize) {
        return delegate.numParams(inputSize);
    }

    @Override
    public String toString() {
        return "capturing(" + delegate + ")";
    }
}
