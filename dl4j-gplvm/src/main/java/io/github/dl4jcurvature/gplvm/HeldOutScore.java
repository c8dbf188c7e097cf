/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * How well a manifold predicted held-out neurons at held-out times in one split.
 *
 * @param manifold candidate
 * @param split number of the split
 * @param meanSquaredError of the predictions, in the squared units of the data
 * @param logLikelihood importance-weighted, in nats for a time, both halves of the neurons together
 * @param evidence of training in nats for a time; does not select topologies
 */
public record HeldOutScore(
        Manifold manifold, int split, double meanSquaredError, double logLikelihood, double evidence) {}
