/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Sums over samples of the latents from which the inducing posteriors of a collapsed bound follow. */
final class InducingSums {
    final double[][] grams; // A A' of the neurons that are observed at the same times [sets, M M]
    final double[][] projections; // A y of each neuron [N, M]

    InducingSums(int sets, int neurons, int inducing) {
        grams = new double[sets][inducing * inducing];
        projections = new double[neurons][inducing];
    }

    /** Sums of none. */
    static InducingSums none() {
        return new InducingSums(0, 0, 0);
    }

    void add(InducingSums other) {
        SparseGpGradient.addAll(other.grams, grams);
        SparseGpGradient.addAll(other.projections, projections);
    }
}
