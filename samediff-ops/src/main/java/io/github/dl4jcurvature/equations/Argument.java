/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

/** A matrix that an {@link Equation} is given. */
public enum Argument {
    /** Dynamics, square; for {@link Equation#SYLVESTER} and {@link Equation#STEIN} the left factor. */
    A,
    /** Input matrix [n, m]; for {@link Equation#SYLVESTER} and {@link Equation#STEIN} the right factor, square. */
    B,
    /** Right-hand side, of the shape of the solution. */
    C,
    /** Mass (descriptor) matrix, square and invertible; the identity if it is not given. */
    E,
    /** Right-hand side of a Lyapunov equation or state cost of a Riccati equation, [n, n]. */
    Q,
    /** Input cost [m, m]. */
    R,
    /** Cross cost [n, m]; zero if it is not given. */
    S
}
