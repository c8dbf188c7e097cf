/* SPDX-License-Identifier: Apache-2.0 */
/** Matrix equations as differentiable operations of SameDiff graphs. */
@NullMarked
package io.github.dl4jcurvature.samediff;

import org.jspecify.annotations.NullMarked;
