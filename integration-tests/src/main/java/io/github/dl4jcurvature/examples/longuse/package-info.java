/* SPDX-License-Identifier: Apache-2.0 */
/** Training for a long time with memory and loss watched. */
@NullMarked
package io.github.dl4jcurvature.examples.longuse;

import org.jspecify.annotations.NullMarked;
