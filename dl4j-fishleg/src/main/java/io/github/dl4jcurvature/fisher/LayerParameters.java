/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

/**
 * The parameters of one layer that share an updater configuration.
 *
 * @param layer name of the layer
 * @param kind how the parameters act
 * @param names parameter keys in the host's order
 * @param lengths number of elements of each, in the same order
 * @param inputs columns of the joint matrix without the bias; 0 unless the kind is {@link Kind#AFFINE}
 * @param outputs rows of the joint matrix; 0 unless the kind is {@link Kind#AFFINE}
 */
public record LayerParameters(
        String layer, Kind kind, List<String> names, List<Long> lengths, long inputs, long outputs) {

    /** How a layer uses its parameters. */
    public enum Kind {
        /** One map z = W&#8868;a + b: the keys are W, stored as [inputs, outputs] in 'f' order, and optionally b after it. */
        AFFINE,
        /** Anything else. */
        OTHER
    }

    /** Copies the lists. */
    public LayerParameters {
        names = List.copyOf(names);
        lengths = List.copyOf(lengths);
    }

    /**
     * Whether the bias is among the parameters of an affine layer.
     *
     * @return true if there are two parameters
     */
    public boolean hasBias() {
        return kind == Kind.AFFINE && names.size() == 2;
    }

    /**
     * Number of elements over all parameters.
     *
     * @return the sum of the lengths
     */
    public long length() {
        return lengths.stream().mapToLong(Long::longValue).sum();
    }
}
