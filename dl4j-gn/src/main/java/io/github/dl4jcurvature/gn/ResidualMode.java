/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

/** What the gradient of the loss is divided by, per example, to give the wanted change of the network's output. */
public enum ResidualMode {
    /** The identity, \(R = E\): steepest descent in function space for cross-entropies, Gauss-Newton for squared errors. */
    IDENTITY,
    /** The Hessian of the loss plus damping, \(R_i = (H_i + \lambda I)^{-1} e_i\); the most useful for cross-entropies. */
    DAMPED,
    /**
     * The Hessian of the loss, \(R_i = H_i^+ e_i\): the Gauss-Newton step itself.
     *
     * <p>For cross-entropies it grows like \(1/p\) for badly classified examples; rates beyond 0.05 diverge easily.
     */
    EXACT
}
