/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Arrays;

import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks what reaches a layer: some examples, each a row as wide as the layer. */
final class LayerInput {
    private LayerInput() {}

    /**
     * Refuses other shapes.
     *
     * @throws DL4JInvalidInputException that names the layer
     */
    static void require(INDArray input, FeedForwardLayer layer) {
        if (input.rank() != 2 || input.size(0) < 1 || input.size(1) != layer.getNIn()) {
            throw new DL4JInvalidInputException(
                    "input of layer '%s' has shape %s but must have shape [examples, %d] with at least one example"
                            .formatted(layer.getLayerName(), Arrays.toString(input.shape()), layer.getNIn()));
        }
    }
}
