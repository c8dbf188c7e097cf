/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Prior of the latents over time. */
public enum LatentPrior {
    /** Independent at all times; uniform on compact manifolds, standard normal on Euclidean spaces. */
    UNIFORM(0),
    /** Independent at all times; \(\mathrm{Exp}(x)\) with \(x \sim N(0, I)\) on every manifold. */
    GAUSSIAN(0),
    /**
     * Brownian motion: \(g_{t+1} = g_t \cdot \mathrm{Exp}(x)\), \(x \sim N(0, \tau^2 I)\), the first as in {@link #UNIFORM};
     * \(\tau\), in radians or units of the space for a step of time, is learned.
     */
    BROWNIAN(1),
    /**
     * Autoregression of first order of the velocity \(v_t = \mathrm{Log}(g_t^{-1} g_{t+1})\):
     * \(g_{t+1} = g_t \cdot \mathrm{Exp}(\varphi v_{t-1}) \cdot \mathrm{Exp}(x)\), \(x \sim N(0, \tau^2 I)\), the first velocity from
     * \(N(0, \tau^2 / (1 - \varphi^2) I)\); \(\tau\) and \(\varphi = \tanh r\) are learned. Not on S2, which is no group.
     */
    AUTOREGRESSIVE(2);

    private final int parameters;

    LatentPrior(int parameters) {
        this.parameters = parameters;
    }

    /** How many numbers it learns: the logarithm of the deviation, then the correlation before its hyperbolic tangent. */
    int parameters() {
        return parameters;
    }

    /** Whether all times must be at hand, in their order. */
    boolean isSequential() {
        return parameters() > 0;
    }

    /** Unconstrained parameters to begin with. */
    double[] initialParameters() {
        return switch (this) {
            case BROWNIAN -> new double[] {Math.log(0.5)};
            case AUTOREGRESSIVE -> new double[] {Math.log(0.5), 0};
            default -> new double[0];
        };
    }

    void requireDefinedOn(Manifold manifold) {
        if (this == AUTOREGRESSIVE && !manifold.isGroup()) {
            throw new IllegalArgumentException(
                    "prior is AUTOREGRESSIVE but %s is no group, so that velocities at different points cannot be compared; use BROWNIAN"
                            .formatted(manifold));
        }
    }
}
