/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * A draw of a latent.
 *
 * @param noise \(\varepsilon\) [d]
 * @param tangent \(x = L \varepsilon\) [d]
 * @param point \(g = \mu \cdot \mathrm{Exp}(x)\) [e]
 * @param logDensity \(\log q(g)\)
 * @param gradient derivatives of the log density
 */
@SuppressWarnings("ArrayRecordComponent") // compared by no one
record LatentSample(double[] noise, double[] tangent, double[] point, double logDensity, DensityGradient gradient) {}
