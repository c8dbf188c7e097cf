/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Uniform random order of 0 .. n - 1 (Fisher and Yates). */
public final class Permutation {
    private Permutation() {}

    /**
     * Draws an order.
     *
     * @param n number of elements
     * @param random source of the draws
     * @return every number from 0 to n - 1 once
     */
    public static int[] random(int n, SplittableRandom random) {
        int[] order = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
