/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.SplittableRandom;

/**
 * Standard normal noise that depends only on a seed, an iteration and a time, so that training continues alike after a restart and
 * does not depend on threads or batches.
 */
@FunctionalInterface
interface LatentNoise {

    /**
     * Noise of a time.
     *
     * @param samples S
     * @param dimension d
     * @return [S, d]
     */
    double[][] at(int time, int samples, int dimension);

    static LatentNoise of(long seed, int iteration) {
        return (time, samples, dimension) -> {
            SplittableRandom random = new SplittableRandom(mixed(mixed(seed) + iteration) + time);
            double[][] noise = new double[samples][];
            for (int s = 0; s < samples; s++) {
                noise[s] = Manifold.gaussian(dimension, random);
            }
            return noise;
        };
    }

    /** Finaliser of MurmurHash3. */
    private static long mixed(long seed) {
        long z = (seed ^ (seed >>> 33)) * 0xff51afd7ed558ccdL;
        z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return z ^ (z >>> 33);
    }
}
