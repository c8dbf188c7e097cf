/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.Serializable;

/**
 * A part of the squared chordal distance of two points, as a function of a span of their features.
 *
 * @param form which function
 * @param offset where the span begins
 * @param size its length
 * @param lengthScale index of the length scale that divides it
 */
record ChordalComponent(Form form, int offset, int size, int lengthScale) implements Serializable {

    /** Functions of two spans a, b. */
    enum Form {
        /** \(\|a - b\|^2\). */
        DIFFERENCE,
        /** \(2 (1 - a \cdot b)\), for spans of norm one. */
        INNER_PRODUCT,
        /** \(4 (1 - (a \cdot b)^2)\), for spans of norm one that are the same up to sign. */
        SQUARED_INNER_PRODUCT
    }

    ChordalComponent shifted(int features, int lengthScales) {
        return new ChordalComponent(form, offset + features, size, lengthScale + lengthScales);
    }
}
