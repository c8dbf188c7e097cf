/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * Normal distribution of the whitened inducing values of a neuron.
 *
 * @param mean [M]
 * @param factor lower factor of the covariance [M, M]
 */
@SuppressWarnings("ArrayRecordComponent") // compared by no one
record InducingPosterior(double[] mean, double[] factor) {}
