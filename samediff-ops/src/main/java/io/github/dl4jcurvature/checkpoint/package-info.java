/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checkpoints that survive an interruption at any moment; needs {@code deeplearning4j-nn}, which is an optional dependency
 * of this module.
 */
@NullMarked
package io.github.dl4jcurvature.checkpoint;

import org.jspecify.annotations.NullMarked;
