/* SPDX-License-Identifier: Apache-2.0 */
/** Natural Continual Learning: updater, consolidation, task streams and their evaluation. */
@NullMarked
package io.github.dl4jcurvature.ncl;

import org.jspecify.annotations.NullMarked;
