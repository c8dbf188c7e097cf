/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How the remaining parameters make up for removed weights. */
@FunctionalInterface
public interface Compensation extends Serializable {

    /**
     * The change of the parameters when weights are removed.
     *
     * @param problem the network at the moment
     * @param removed 1 for the weights S to remove now, else 0; shape [n]; not modified
     * @return \( \delta \), fresh, shape [n]; what it holds for S and for parameters that are not alive is ignored, they
     *     become exactly zero
     */
    INDArray change(PruningProblem problem, INDArray removed);

    /**
     * No compensation.
     *
     * @return \( \delta = 0 \)
     */
    static Compensation none() {
        return new NoCompensation();
    }

    /**
     * The sum of the changes that each removed weight would ask for alone; exact for a single weight or a diagonal Q.
     *
     * @param model approximation of the inverse Fisher matrix
     * @return \( \delta = - Q \,(w_S \oslash \operatorname{diag} Q) \)
     */
    static Compensation independent(InverseCurvature.Recipe model) {
        return new IndependentCompensation(model);
    }

    /**
     * The best change in the quadratic model with \( F + \gamma I \approx Q^{-1} \) when all of S goes at once.
     *
     * @param model approximation of the inverse Fisher matrix
     * @return \( \delta = - Q_{:,S} Q_{SS}^{-1} w_S \), by conjugate gradients
     */
    static Compensation joint(InverseCurvature.Recipe model) {
        return new JointCompensation(model);
    }

    /**
     * The best change in the quadratic model itself, by conjugate gradients on Fisher-vector products.
     *
     * @return {@link ExactCompensation} with its defaults
     */
    static Compensation exact() {
        return new ExactCompensation();
    }
}
