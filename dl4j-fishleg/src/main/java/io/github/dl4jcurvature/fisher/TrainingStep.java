/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one iteration of training has computed when its gradient is ready.
 *
 * <p>The host sums gradients over the examples and divides afterwards, by the batch size or, with {@code
 * miniBatch(false)}, not at all; {@link #divisor()} says by what.
 *
 * @param iteration iteration counter of the host, before it is increased
 * @param epoch epoch counter of the host
 * @param divisor what the host will divide the gradient by
 * @param gradient the flat gradient, summed over examples, without regularisation: a live view, shape [parameters]
 * @param batch inputs and masks of the iteration
 * @param factorsByLayer inputs and errors of the layers that were captured
 */
public record TrainingStep(
        int iteration,
        int epoch,
        double divisor,
        INDArray gradient,
        CurvatureBatch batch,
        Map<String, TrainingFactors> factorsByLayer) {

    /**
     * Inputs and errors of a layer.
     *
     * @param layer name of the layer
     * @return its factors, or null if the layer is not captured
     */
    public @Nullable TrainingFactors factors(String layer) {
        return factorsByLayer.get(layer);
    }
}
