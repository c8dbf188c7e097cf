/* SPDX-License-Identifier: Apache-2.0 */
/** Runnable examples, experiments and the demonstration. */
@NullMarked
package io.github.dl4jcurvature.examples;

import org.jspecify.annotations.NullMarked;
