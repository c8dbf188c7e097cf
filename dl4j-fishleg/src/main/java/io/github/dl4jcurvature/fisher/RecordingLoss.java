/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.function.Consumer;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** A loss that computes exactly what its delegate does and shows each output error to a recorder. */
final class RecordingLoss implements ILossFunction {
    private final ILossFunction delegate;
    private final transient Consumer<INDArray> recorder;

    RecordingLoss(ILossFunction delegate, Consumer<INDArray> recorder) {
        this.delegate = delegate;
        this.recorder = recorder;
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        return delegate.computeScore(labels, preOutput, activation, mask, average);
    }

    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return delegate.computeScoreArray(labels, preOutput, activation, mask);
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        INDArray error = delegate.computeGradient(labels, preOutput, activation, mask);
        recorder.accept(error);
        return error;
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        Pair<Double, INDArray> result = delegate.computeGradientAndScore(labels, preOutput, activation, mask, average);
        recorder.accept(result.getSecond());
        return result;
    }

    @Override
    public String name() {
        return delegate.name();
    }

    @Override
    public String toString() {
        return delegate.toString();
    }
}
