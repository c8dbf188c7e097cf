/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

/**
 * How sparse one parameter is.
 *
 * @param layer name of the layer
 * @param parameter key of the parameter
 * @param weights number of its entries
 * @param zeros number of entries that are zero
 * @param denseBytes memory in the network
 * @param exportedBytes memory in a compressed export
 */
public record LayerSparsity(
        String layer, String parameter, long weights, long zeros, long denseBytes, long exportedBytes) {

    /**
     * Part of the entries that is zero.
     *
     * @return in [0, 1]
     */
    public double sparsity() {
        return weights == 0 ? 0 : (double) zeros / weights;
    }
}
