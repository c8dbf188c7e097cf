/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

/**
 * Inverse Fisher matrix in Kronecker form, learned as in FishLeg with Gaussian probes while the parameters rest: \( Q
 * \approx (F + \gamma I)^{-1} \) over the parameters that are alive.
 *
 * <p>The first removal learns it from the start; each further one only refreshes it.
 *
 * <p>Source: the approach of McGowan et al., Efficient model compression techniques with FishLeg, arXiv:2412.02328, of which no code is public.
 *
 * @param damping \( \gamma \), positive
 * @param steps auxiliary steps of the first event, at least 1
 * @param refreshSteps auxiliary steps of each further event, at least 0
 * @param rate rate of Adam at the first event, which falls linearly to 0; positive
 * @param refreshRate constant rate at further events; positive
 * @param batchSize examples of a Fisher-vector product
 * @param diagonalStart whether Q starts at the inverse of the damped diagonal of the empirical Fisher matrix instead of
 *     \( I / \gamma \); without effect where gradients of single examples are unknown
 * @param scaled whether the Kronecker form carries an elementwise scale
 */
public record LearnedInverse(
        double damping,
        int steps,
        int refreshSteps,
        double rate,
        double refreshRate,
        int batchSize,
        boolean diagonalStart,
        boolean scaled)
        implements InverseCurvature.Recipe {

    /** Damping 0.001, 3000 and 300 steps at the rates 0.003 and 0.001, batches of 100, diagonal start, scaled form. */
    public LearnedInverse() {
        this(1e-3, 3000, 300, 3e-3, 1e-3, 100, true, true);
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public LearnedInverse {
        requirePositive("damping", damping);
        requirePositive("rate", rate);
        requirePositive("refreshRate", refreshRate);
        requireCount("steps", steps, 1);
        requireCount("refreshSteps", refreshSteps, 0);
        requireCount("batchSize", batchSize, 1);
    }

    /**
     * The same with another damping.
     *
     * @param value \( \gamma \), positive
     * @return a copy
     */
    public LearnedInverse withDamping(double value) {
        return new LearnedInverse(value, steps, refreshSteps, rate, refreshRate, batchSize, diagonalStart, scaled);
    }

    /**
     * The same with other numbers of auxiliary steps.
     *
     * @param first steps of the first event, at least 1
     * @param further steps of each further event, at least 0
     * @return a copy
     */
    public LearnedInverse withSteps(int first, int further) {
        return new LearnedInverse(damping, first, further, rate, refreshRate, batchSize, diagonalStart, scaled);
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s must be positive and finite but is %s; choose a value above 0".formatted(name, value));
        }
    }

    private static void requireCount(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s must be at least %d but is %d; choose a larger number".formatted(name, least, value));
        }
    }
}
