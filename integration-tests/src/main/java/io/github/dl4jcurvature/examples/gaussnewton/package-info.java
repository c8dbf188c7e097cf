/* SPDX-License-Identifier: Apache-2.0 */
/** What the examples of Gauss-Newton training share. */
@NullMarked
package io.github.dl4jcurvature.examples.gaussnewton;

import org.jspecify.annotations.NullMarked;
