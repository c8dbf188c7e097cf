/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Where the inference of latents of new times begins. */
public enum HeldOutStart {
    /** At the point of a grid that explains the data of a time best; finds the right side of a ring. */
    GRID,
    /** At the identity with the spread of a new fit, as published; some points get stuck. */
    IDENTITY
}
