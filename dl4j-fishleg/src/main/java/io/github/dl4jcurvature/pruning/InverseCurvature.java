/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A symmetric positive definite approximation \( Q \approx (F + \gamma I)^{-1} \) over the parameters that are alive. */
public interface InverseCurvature {

    /**
     * Diagonal of Q.
     *
     * @return shape [n], fresh; positive where a parameter is alive
     */
    INDArray diagonal();

    /**
     * Product with Q.
     *
     * @param v shape [n], zero where a parameter is not alive; not modified
     * @return Q v, fresh, shape [n]
     */
    INDArray multiply(INDArray v);

    /** An immutable description of an approximation; two that are equal share what they learn. */
    interface Recipe extends Serializable {}
}
