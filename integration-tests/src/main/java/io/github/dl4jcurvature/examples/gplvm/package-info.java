/* SPDX-License-Identifier: Apache-2.0 */
/** Data and figures of the examples of latent variable models. */
@NullMarked
package io.github.dl4jcurvature.examples.gplvm;

import org.jspecify.annotations.NullMarked;
