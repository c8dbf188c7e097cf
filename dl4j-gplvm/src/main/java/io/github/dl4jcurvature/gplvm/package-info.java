/* SPDX-License-Identifier: Apache-2.0 */
/** Gaussian-process latent variable models whose latents live on a manifold. */
@NullMarked
package io.github.dl4jcurvature.gplvm;

import org.jspecify.annotations.NullMarked;
