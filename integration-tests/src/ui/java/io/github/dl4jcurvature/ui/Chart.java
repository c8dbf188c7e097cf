/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

/** The charts of the page, in its order. */
public enum Chart {
    /** FishLeg's auxiliary loss. */
    AUXILIARY_LOSS("FishLeg: auxiliary loss", "iteration", "falls while the inverse Fisher matrix is being learned"),
    /** FishLeg's relative residual. */
    AUXILIARY_RESIDUAL("FishLeg: residual", "iteration", "0 is an exact inverse, 1 has learned nothing"),
    /** Part of the weights of a parameter that is zero. */
    SPARSITY("Pruning: sparsity per layer", "iteration", "part of the weights that is zero"),
    /** Metric of every task, against the number of tasks learned. */
    TASK_METRIC("Continual learning: accuracy per task", "tasks learned", "a line that stays level is not forgotten"),
    /** Estimate of what earlier tasks have lost. */
    PENALTY("Continual learning: penalty", "iteration", "estimated loss of earlier tasks, nats per data point"),
    /** Kept singular values of the activations of every block. */
    KEPT_RANK("Gauss-Newton: kept rank", "iteration", "at the batch size, steps fit every example"),
    /** Evidence lower bound. */
    EVIDENCE("Latent variables: ELBO", "iteration", "evidence lower bound, nats per time; higher is better");

    private final String title;
    private final String axis;
    private final String hint;

    Chart(String title, String axis, String hint) {
        this.title = title;
        this.axis = axis;
        this.hint = hint;
    }

    String title() {
        return title;
    }

    String axis() {
        return axis;
    }

    String hint() {
        return hint;
    }
}
