/* SPDX-License-Identifier: Apache-2.0 */
/** Exact Gauss-Newton steps in reversible networks, and reversible layers for any updater. */
@NullMarked
package io.github.dl4jcurvature.gn;

import org.jspecify.annotations.NullMarked;
