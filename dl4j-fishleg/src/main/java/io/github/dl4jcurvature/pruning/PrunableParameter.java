/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

/**
 * A weight matrix in the network's flat parameter vector: for each output in turn, the weights of its inputs.
 *
 * @param layer name of the layer
 * @param layerIndex position of the layer among those that are pruned
 * @param key key of the parameter, as W
 * @param from first entry
 * @param length number of entries
 * @param fanIn inputs of one output; rows of so many entries follow each other
 */
record PrunableParameter(String layer, int layerIndex, String key, long from, long length, long fanIn) {

    long to() {
        return from + length;
    }
}
