/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.api.Model;

/** The network-wide half of a curvature-aware updater; its blockwise half is the host's gradient updater. */
public interface CurvatureMethod {

    /**
     * Takes hold of a network's updater blocks; called once for each updater object of the network.
     *
     * @param model the network that is trained
     * @param blocks the blocks whose configuration created this method, in the order of the parameters
     * @param auxiliary where Fisher statistics draw their inputs from
     */
    void bind(Model model, List<CurvatureBlock> blocks, AuxiliaryInputs auxiliary);

    /**
     * Works with a fresh gradient, before any updater is applied and at the parameters where it was taken.
     *
     * @param step the gradient and what the training pass left behind; valid only during the call
     */
    void onGradient(TrainingStep step);
}
