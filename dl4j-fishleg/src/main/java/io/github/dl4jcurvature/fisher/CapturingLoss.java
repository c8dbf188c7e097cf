/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Loss of a shadow network's output layer: hands the pre-activations out in place of a score, and lets a pass choose the
 * output error in place of the host's loss gradient.
 */
final class CapturingLoss implements ILossFunction {

    /** Output error chosen by a pass. */
    @FunctionalInterface
    interface ErrorSource {
        /**
         * The error at the given pre-activations.
         *
         * @param preActivations z, shape [rows, nOut]; must not be modified
         * @return \(\partial \ell / \partial z\) before masking, shape [rows, nOut]; not modified by the caller
         */
        INDArray errorAt(INDArray preActivations);
    }

    private final ILossFunction delegate;
    private transient @Nullable ErrorSource errorSource;
    private transient @Nullable INDArray preActivations;
    private transient @Nullable INDArray error;
    private transient @Nullable INDArray validRows;
    private transient boolean recording;

    CapturingLoss(ILossFunction delegate) {
        this.delegate = delegate;
    }

    ILossFunction delegate() {
        return delegate;
    }

    /** Chooses where errors come from; null for the host's own loss gradient. */
    void errorsFrom(@Nullable ErrorSource source) {
        errorSource = source;
    }

    void recordErrors(boolean on) {
        recording = on;
        error = null;
        validRows = null;
    }

    /** The error of the last recorded pass, shape [rows, nOut]. */
    INDArray error() {
        return required(error, "error");
    }

    /** 1 for the rows that the mask of the last recorded pass lets through, 0 for others, shape [rows]; null without one. */
    @Nullable
    INDArray validRows() {
        return validRows;
    }

    /** The pre-activations of the last forward pass, shape [rows, nOut]; handed out once. */
    INDArray takePreActivations() {
        INDArray taken = required(preActivations, "pre-activations");
        preActivations = null;
        return taken;
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        INDArray gradient = errorSource == null
                ? ofLabels(labels, preOutput, activation, mask)
                : masked(errorSource.errorAt(preOutput), mask).dup(); // into the workspace that the host expects it in
        if (recording) {
            error = ErrorTape.detachedCopy(gradient);
            validRows = mask == null ? null : rowsOf(mask.castTo(gradient.dataType()));
        }
        return gradient;
    }

    /** The host takes the mask of a single example for one of its outputs, which its softmax loss refuses. */
    private INDArray ofLabels(INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        return mask != null && mask.length() == 1 && labels.length() > 1
                ? delegate.computeGradient(labels, preOutput, activation, null).muli(mask.getDouble(0))
                : delegate.computeGradient(labels, preOutput, activation, mask);
    }

    /** Keeps the pre-activations; the score is of no interest to a shadow network. */
    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        preActivations = ErrorTape.detachedCopy(preOutput);
        return 0;
    }

    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return delegate.computeScoreArray(labels, preOutput, activation, mask);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, preOutput, activation, mask, average),
                computeGradient(labels, preOutput, activation, mask));
    }

    @Override
    public String name() {
        return "capturing(" + delegate.name() + ")";
    }

    /** A row with a mask for each output counts if one of its outputs does. */
    @SuppressWarnings("try") // workspace scope
    private static INDArray rowsOf(INDArray mask) {
        try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray rows = mask.isColumnVectorOrScalar() ? mask.dup() : mask.max(1);
            return rows.reshape(rows.length());
        }
    }

    private static INDArray masked(INDArray errors, @Nullable INDArray mask) {
        if (mask == null) {
            return errors;
        }
        INDArray weights = mask.castTo(errors.dataType());
        return mask.isColumnVectorOrScalar() ? errors.mulColumnVector(weights) : errors.mul(weights);
    }

    private static INDArray required(@Nullable INDArray array, String what) {
        if (array == null) {
            throw new IllegalStateException("no " + what + " recorded; run a pass of the shadow network first");
        }
        return array;
    }
}
