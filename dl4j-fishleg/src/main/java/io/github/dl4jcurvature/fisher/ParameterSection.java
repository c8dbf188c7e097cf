/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

/**
 * Parameters of a layer that act together.
 *
 * <p>A matrix maps the inputs of the layer, or the patch of a convolution, or input and previous state of a recurrent layer,
 * to its pre-activations. It has one row for each output; its columns come from several parts, the bias, if there is one, in
 * the last column. Each part lies in memory row by row.
 *
 * @param kind how the parameters act
 * @param outputs rows of the matrix; 1 for {@link Kind#ELEMENTWISE}
 * @param parts where the columns lie
 * @param groups equal groups of rows with a meaning of their own: the gates of an LSTM, else 1
 * @param captured whether a pass of a {@link ShadowNetwork} yields the inputs and errors of the matrix
 */
public record ParameterSection(Kind kind, long outputs, List<Part> parts, int groups, boolean captured) {

    /** How parameters act. */
    public enum Kind {
        /** A linear map of dense inputs. */
        MATRIX,
        /** A linear map of inputs of which one is 1 and all others are 0: an embedding. */
        LOOKUP,
        /** Gains, biases and whatever else acts element by element, or in an unknown way. */
        ELEMENTWISE
    }

    /**
     * Some columns.
     *
     * @param start first element, counted from the first of the {@link LayerParameters}
     * @param columns number of columns
     */
    public record Part(long start, long columns) {}

    /** Copies the list. */
    public ParameterSection {
        parts = List.copyOf(parts);
    }

    /**
     * Number of columns, the bias included.
     *
     * @return the sum over the parts
     */
    public long columns() {
        return parts.stream().mapToLong(Part::columns).sum();
    }
}
