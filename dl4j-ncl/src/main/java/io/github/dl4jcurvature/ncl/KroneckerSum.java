/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

/**
 * How the sum of two Kronecker products, the prior \( B_L \otimes B_R \) and the Fisher matrix \( C_L \otimes C_R \) of a task, is
 * replaced by one product.
 */
public enum KroneckerSum {
    /**
     * The product \( E \otimes F \) that minimises the Kullback-Leibler divergence of \( N(0, (E \otimes F)^{-1}) \) from
     * \( N(0, (B_L \otimes B_R + C_L \otimes C_R)^{-1}) \). Source: Kao et al., Natural continual learning, NeurIPS 2021.
     */
    KL,
    /**
     * \( (B_L + \pi C_L) \otimes (B_R + C_R / \pi) \), with \( \pi \) from the traces. Never below the sum; its cross terms
     * protect the inputs of earlier tasks also where a confident network leaves no Fisher information.
     */
    ADDITIVE,
    /** The product nearest in the Frobenius norm. May be far in the sense of {@link #KL}; for comparison. */
    FROBENIUS
}
