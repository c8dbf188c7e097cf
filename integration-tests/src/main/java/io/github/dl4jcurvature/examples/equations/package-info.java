/* SPDX-License-Identifier: Apache-2.0 */
/** Accuracy, speed and applications of the matrix equations. */
@NullMarked
package io.github.dl4jcurvature.examples.equations;

import org.jspecify.annotations.NullMarked;
