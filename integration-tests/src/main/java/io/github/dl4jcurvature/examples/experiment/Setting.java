/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import org.nd4j.linalg.learning.config.IUpdater;

/**
 * One point of an optimiser's grid.
 *
 * @param label the values that distinguish it from its neighbours
 * @param updater configuration for the host
 */
public record Setting(String label, IUpdater updater) {}
