/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * What the host takes for the updater of one variable of a graph: it keeps the gradient and steps by zero. When the
 * gradients of all variables are there, {@link GraphBinding} steps them together.
 */
final class VariableUpdater implements GradientUpdater<CurvatureConfiguration> {
    private final String variable;
    private final CurvatureConfiguration config;
    private final SameDiffCurvatureListener listener;
    private final INDArray raw;
    private final INDArray transformed;
    private final @Nullable GradientUpdater<?> block;
    private boolean shown;
    private @Nullable At attended;

    /**
     * An updater.
     *
     * @param raw where the gradient of the loss is put, in the shape of the variable or flat
     * @param transformed where the gradient with what the host adds to it is put
     * @param block the updater of the block that is saved with this variable; null if it is saved with another one
     */
    VariableUpdater(
            String variable,
            CurvatureConfiguration config,
            SameDiffCurvatureListener listener,
            INDArray raw,
            INDArray transformed,
            @Nullable GradientUpdater<?> block) {
        this.variable = variable;
        this.config = config;
        this.listener = listener;
        this.raw = raw;
        this.transformed = transformed;
        this.block = block;
    }

    SameDiffCurvatureListener listener() {
        return listener;
    }

    /** Notes that a listener attends to an iteration; null when it is over. */
    void attend(@Nullable At iteration) {
        attended = iteration;
        shown = false;
    }

    /** Whether a listener attends to this iteration; the host has one object for each call of fit. */
    @SuppressWarnings("ReferenceEquality") // an equal one belongs to a call that failed
    boolean isAttended(At iteration) {
        return attended == iteration;
    }

    /** Takes the gradient as the graph computes it. */
    void show(INDArray gradient) {
        raw.assign(fitting(gradient));
        shown = true;
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        if (!shown) {
            throw new IllegalStateException(
                    "the gradient of variable '%s' at iteration %d was not shown; the SameDiffCurvatureListener is no longer among the graph's listeners (setListeners replaces them): add it again"
                            .formatted(variable, iteration));
        }
        shown = false;
        transformed.assign(fitting(gradient));
        gradient.assign(0);
    }

    private INDArray fitting(INDArray gradient) {
        return gradient.rank() == raw.rank() ? gradient : gradient.reshape(raw.shape());
    }

    @Override
    public CurvatureConfiguration getConfig() {
        return config;
    }

    @Override
    public Map<String, INDArray> getState() {
        return block == null ? Map.of() : block.getState();
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        if (block != null) {
            block.setState(stateMap, initialize);
        }
    }

    @Override
    public void setStateViewArray(
            @Nullable INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        // the state belongs to the block
    }
}
