/* SPDX-License-Identifier: Apache-2.0 */
/** Experiments with pruning. */
@NullMarked
package io.github.dl4jcurvature.examples.pruning;

import org.jspecify.annotations.NullMarked;
