/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import io.github.dl4jcurvature.fisher.ExampleGradients;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network at the moment when weights are to be removed, as vectors over all its n parameters.
 *
 * <p>The quadratic model of the mean loss around the present parameters w is \( g^\top \delta + \tfrac12 \delta^\top F
 * \delta \) with the gradient g and the Fisher matrix F on the curvature batch.
 */
public interface PruningProblem {

    /**
     * The present parameters.
     *
     * @return w, shape [n]; not to be modified
     */
    INDArray parameters();

    /**
     * Which parameters may still change: 1 for all that are trained and not removed yet, biases included, else 0.
     *
     * @return shape [n]; not to be modified
     */
    INDArray alive();

    /**
     * Which parameters may be removed: 1 for weights that are alive and in a layer to be pruned, else 0.
     *
     * @return shape [n]; not to be modified
     */
    INDArray prunable();

    /**
     * Product with the true Fisher matrix on the curvature batch.
     *
     * @param v shape [n]; not modified
     * @return F v, fresh, shape [n]
     */
    INDArray fisherProduct(INDArray v);

    /**
     * Gradient of the mean loss on the curvature batch at the present parameters.
     *
     * @return g, fresh, shape [n]
     */
    INDArray gradient();

    /**
     * Mean loss on the trial batch, which has no example in common with the curvature batch where the data allow.
     *
     * @param parameters shape [n]; not modified
     * @return the mean loss without regularisation
     */
    double loss(INDArray parameters);

    /**
     * Gradients of single examples at their true labels.
     *
     * @param count number of examples wanted; all there are if there are fewer
     * @return the gradients
     */
    ExampleGradients exampleGradients(int count);

    /**
     * An approximate inverse of \( F + \gamma I \), restricted to the parameters that are alive. The same model gives the
     * same object within one event; from event to event what it has learned is carried on.
     *
     * @param model what kind of approximation
     * @return the approximation at the present parameters
     */
    InverseCurvature inverse(InverseCurvature.Recipe model);
}
