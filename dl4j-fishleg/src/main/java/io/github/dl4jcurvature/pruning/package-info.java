/* SPDX-License-Identifier: Apache-2.0 */
/** Pruning of trained networks by second-order information: which weights go, and how the others make up for them. */
@NullMarked
package io.github.dl4jcurvature.pruning;

import org.jspecify.annotations.NullMarked;
