/* SPDX-License-Identifier: Apache-2.0 */
/**
 * SameDiff layers for Deeplearning4j networks whose gradients are right; needs {@code deeplearning4j-nn}, which is an
 * optional dependency of this module.
 */
@NullMarked
package io.github.dl4jcurvature.samediff.layers;

import org.jspecify.annotations.NullMarked;
