/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Steps from the present parameters along the unit vector of a direction.
 *
 * @param networks the model's shadows
 * @param direction v, shape [n], not zero
 * @param norm |v|
 * @param step length h of a step, so that the perturbed parameters are \(\theta \pm h v / |v|\)
 */
record Perturbation(Shadows networks, INDArray direction, double norm, double step) {

    /** A twin at \(\theta + \sigma h v / |v|\) for a sign \(\sigma\); valid until the next call. */
    OutputPasses at(int sign) {
        OutputPasses perturbed = networks.perturbed();
        perturbed
                .parameters()
                .assign(direction)
                .muli(sign * step / norm)
                .addi(networks.shadow().parameters());
        return perturbed;
    }

    /** The factor that turns a difference between the two ends into a derivative along v, \(|v| / (2 h)\). */
    double slope() {
        return norm / (2 * step);
    }
}
