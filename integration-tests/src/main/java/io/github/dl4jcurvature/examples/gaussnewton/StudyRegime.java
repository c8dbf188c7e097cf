/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

/**
 * How data is shown.
 *
 * @param key name in figures
 * @param batch examples of a step
 * @param fullBatch whether all steps see the same, first examples
 * @param steps number of steps
 * @param hidden hidden activations of a block
 * @param probes images of the tangent kernel, whose Jacobian has ten rows for each
 */
public record StudyRegime(String key, int batch, boolean fullBatch, int steps, int hidden, int probes) {}
