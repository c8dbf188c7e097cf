/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

/**
 * Inverse of the empirical Fisher matrix in blocks of consecutive parameters,
 *
 * <p>\[ Q = \operatorname{blockdiag}_b \Bigl( \tfrac1m \sum_i g_i^{(b)} g_i^{(b)\top} + \gamma I \Bigr)^{-1}, \]
 *
 * <p>from the gradients of m single examples at their true labels.
 *
 * <p>Source: Kurtic et al., The optimal BERT surgeon, EMNLP 2022; each block is inverted directly, which gives the same
 * matrix as their recursion over examples.
 *
 * @param blockSize parameters in a block; the last one may be shorter
 * @param damping \( \gamma \), positive
 * @param examples m, at least 1
 */
public record BlockInverse(int blockSize, double damping, int examples) implements InverseCurvature.Recipe {

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public BlockInverse {
        if (blockSize < 1) {
            throw new IllegalArgumentException(
                    "blockSize must be at least 1 but is %d; 50 is usual".formatted(blockSize));
        }
        if (!(damping > 0 && damping < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "damping must be positive and finite but is %s; try 1e-3".formatted(damping));
        }
        if (examples < 1) {
            throw new IllegalArgumentException(
                    "examples must be at least 1 but is %d; 1024 is usual".formatted(examples));
        }
    }

    /** Blocks of 50, damping 0.001, 1024 examples. */
    public BlockInverse() {
        this(50, 1e-3, 1024);
    }
}
