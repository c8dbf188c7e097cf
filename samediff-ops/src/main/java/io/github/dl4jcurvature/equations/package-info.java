/* SPDX-License-Identifier: Apache-2.0 */
/** Linear and quadratic matrix equations on arrays: solutions, gradients and directional derivatives. */
@NullMarked
package io.github.dl4jcurvature.equations;

import org.jspecify.annotations.NullMarked;
