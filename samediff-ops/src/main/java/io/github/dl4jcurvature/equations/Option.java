/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

/** What may be asked of an {@link Equation} besides its solution. */
public enum Option {
    /**
     * Refuses Q and R of a Riccati equation that are not symmetric up to rounding; without it their symmetric parts are
     * used.
     */
    STRICT_SYMMETRY
}
