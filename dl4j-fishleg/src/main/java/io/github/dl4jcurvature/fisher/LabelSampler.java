/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.SplittableRandom;

/**
 * Source of the random numbers from which labels are drawn.
 *
 * <p>Numbers are consumed row by row of the output's two-dimensional layout, one uniform number per Bernoulli output,
 * one per categorical row, one Gaussian number per Gaussian output. A script can therefore fix every label.
 */
@FunctionalInterface
public interface LabelSampler {

    /**
     * The next uniform number.
     *
     * @return a number in [0, 1)
     */
    double nextUniform();

    /**
     * The next standard Gaussian number; by default from two uniform numbers by the Box-Muller formula
     * \(\sqrt{-2 \ln(1 - u_1)} \cos 2 \pi u_2\).
     *
     * @return a number of mean 0 and variance 1
     */
    default double nextGaussian() {
        double radius = Math.sqrt(-2 * Math.log1p(-nextUniform()));
        return radius * Math.cos(2 * Math.PI * nextUniform());
    }

    /**
     * A sampler whose sequence depends on the seed alone.
     *
     * @param seed any value
     * @return a fresh sampler
     */
    static LabelSampler seeded(long seed) {
        return new SplittableRandom(seed)::nextDouble;
    }

    /**
     * A sampler of a numbered sequence of samplers; independent of the draw of inputs with the same seed and number.
     *
     * @param seed any value
     * @param number which sampler of the sequence
     * @return a fresh sampler
     */
    static LabelSampler numbered(long seed, long number) {
        return seeded(Draws.seed(~seed, number));
    }
}
