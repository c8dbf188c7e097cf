/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Configuration of an updater that learns from the network it steps.
 *
 * <p>The host asks a configuration for the length of its state before any updater exists and never tells it shapes. A
 * configuration of this kind is therefore told once which parameters it governs ({@link #assignTo}); it keeps that plan
 * in its JSON, so that a restored or cloned network allocates the same state. {@link CurvatureListener} does the telling.
 */
public interface CurvatureConfiguration extends IUpdater {

    /**
     * Records the parameters that this configuration governs.
     *
     * @param layer the governed parameters of one layer, in the host's order
     * @return whether the recorded plan changed, so that an existing updater must be built anew
     */
    boolean assignTo(LayerParameters layer);

    /**
     * Whether the training pass shall keep the inputs and pre-activation errors of the governed affine layer.
     *
     * @param rows number of examples, or of examples and time steps
     * @return true if {@link TrainingStep#factors} shall not be empty for them
     */
    boolean wantsTrainingFactors(long rows);

    /**
     * Creates the part that works on all blocks of one network together.
     *
     * @return a fresh, unbound method
     */
    CurvatureMethod newMethod();
}
