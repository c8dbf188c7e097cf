/* SPDX-License-Identifier: Apache-2.0 */
/** Runs examples again and puts what they print into the documents. */
@NullMarked
package io.github.dl4jcurvature.examples.rerun;

import org.jspecify.annotations.NullMarked;
