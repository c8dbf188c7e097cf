/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.api.Trainable;

/**
 * A part of a shadow network that may own parameters.
 *
 * @param name layer or vertex name
 * @param owner the runtime layer, or the vertex if it owns parameters itself
 * @param trained whether gradients reach it; false for frozen layers and what lies below them
 */
record ShadowNode(String name, Trainable owner, boolean trained) {}
