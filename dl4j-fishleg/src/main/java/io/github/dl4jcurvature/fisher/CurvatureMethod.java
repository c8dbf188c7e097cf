/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

/** The network-wide half of a curvature-aware updater; its blockwise half is the host's gradient updater. */
public interface CurvatureMethod {

    /**
     * Takes hold of a model's updater blocks; called once for each updater object of the model.
     *
     * @param model what is trained
     * @param blocks the blocks whose configuration created this method, in the order of the parameters
     * @param auxiliary where Fisher statistics draw their inputs from
     */
    void bind(CurvatureModel model, List<CurvatureBlock> blocks, AuxiliaryInputs auxiliary);

    /**
     * Works with a fresh gradient, before any updater is applied and at the parameters where it was taken.
     *
     * @param step the gradient and what the training pass left behind; valid only during the call
     */
    void onGradient(TrainingStep step);
}
