/* SPDX-License-Identifier: Apache-2.0 */
/** How memory and time of each method grow with the sizes of a problem. */
@NullMarked
package io.github.dl4jcurvature.examples.scaling;

import org.jspecify.annotations.NullMarked;
