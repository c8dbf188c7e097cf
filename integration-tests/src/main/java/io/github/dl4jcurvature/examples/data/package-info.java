/* SPDX-License-Identifier: Apache-2.0 */
/** Data sets of the examples. */
@NullMarked
package io.github.dl4jcurvature.examples.data;

import org.jspecify.annotations.NullMarked;
