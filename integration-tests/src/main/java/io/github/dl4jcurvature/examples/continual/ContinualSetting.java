/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

/**
 * The two numbers of a learner that are chosen.
 *
 * @param rate learning rate
 * @param stability what trades learning for remembering: N, or the weight of the prior, or the inverse of the damping of a projection;
 *     0 for learners without one
 */
public record ContinualSetting(double rate, double stability) {
    @Override
    public String toString() {
        return stability == 0 ? "rate %s".formatted(rate) : "rate %s, stability %s".formatted(rate, stability);
    }
}
