/* SPDX-License-Identifier: Apache-2.0 */
/** The FishLeg updater: a natural gradient whose inverse Fisher matrix is learned by Legendre duality. */
@NullMarked
package io.github.dl4jcurvature.fishleg;

import org.jspecify.annotations.NullMarked;
