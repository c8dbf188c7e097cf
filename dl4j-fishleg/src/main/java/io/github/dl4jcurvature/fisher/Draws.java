/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

/** Seeds of numbered draws: a restored training draws what the uninterrupted one would have drawn. */
public final class Draws {
    /** Odd, and not the increment of {@link java.util.SplittableRandom}, which would make one draw the next one shifted. */
    private static final long STRIDE = 0xD1342543DE82EF95L;

    private Draws() {}

    /**
     * The seed of one draw.
     *
     * @param seed seed of the sequence
     * @param number which draw, from 0
     * @return a seed for {@link java.util.SplittableRandom}
     */
    public static long seed(long seed, long number) {
        return seed + STRIDE * (number + 1);
    }
}
