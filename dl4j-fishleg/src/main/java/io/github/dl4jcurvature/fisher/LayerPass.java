/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer of a shadow network at the end of a pass, while its arrays are still valid.
 *
 * @param name layer or vertex name
 * @param layer the runtime layer, its input set
 * @param activations what the layer returned in the forward pass; null for output layers
 * @param examples batch size N
 * @param sequenceMask the mask of the only masked sequence among the inputs, shape [N, T]; null if there is none or several
 * @param prefix what the parameter keys of the network's layer have before those of this one, which may be wrapped
 */
record LayerPass(
        String name,
        Layer layer,
        @Nullable INDArray activations,
        long examples,
        String prefix,
        @Nullable INDArray sequenceMask) {

    /** The pass of a layer that this one wraps; its activations are computed once more, for the host drops them. */
    LayerPass within(Layer wrapped, String addedPrefix) {
        return new LayerPass(
                name,
                wrapped,
                wrapped.activate(true, LayerWorkspaceMgr.noWorkspaces()),
                examples,
                prefix + addedPrefix,
                sequenceMask);
    }
}
