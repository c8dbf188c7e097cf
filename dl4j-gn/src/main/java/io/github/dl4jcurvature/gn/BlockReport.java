/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

/**
 * How well a block's step could be solved for.
 *
 * @param rank the smallest number of singular values of the activations that were kept
 * @param condition the largest ratio of the largest to the smallest kept singular value
 * @param residual \(\|J_l \Delta_l - T\| / \|T\|\), the part of the wanted change of the block's output that its step does
 *     not make to first order; 0 if the step is exact
 */
public record BlockReport(int rank, double condition, double residual) {}
