/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

/** A differentiable result of an {@link Equation}. */
public enum Output {
    /** The solution X. */
    SOLUTION,
    /** The feedback gain K of a Riccati equation, [m, n]. */
    GAIN,
    /** The closed loop \(A - B K\) of a Riccati equation, [n, n]. */
    CLOSED_LOOP
}
