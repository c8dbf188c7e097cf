/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model as its curvature-aware updaters see it, be it a network of layers or a SameDiff graph. */
public interface CurvatureModel {

    /**
     * The model of a network.
     *
     * @param network an initialised MultiLayerNetwork or ComputationGraph
     * @return the network as updaters see it
     */
    static CurvatureModel of(Model network) {
        return new NetworkModel(network);
    }

    /**
     * The model of a graph whose training has begun, or that was loaded with the state of its updaters.
     *
     * @param graph a SameDiff graph with a {@link SameDiffCurvatureListener}
     * @return the graph as updaters see it
     * @throws IllegalStateException if it has not been trained or has no such listener
     */
    static CurvatureModel of(SameDiff graph) {
        return SameDiffCurvatureListener.of(graph).bindingOf(graph).model();
    }

    /**
     * All parameters, in the layout of gradients.
     *
     * @return flat vector [n] at their present values; not to be modified
     */
    INDArray parameters();

    /**
     * Starts the configuration of Fisher-vector products of this model.
     *
     * @return a builder
     */
    FisherEstimator.Builder fisherEstimator();

    /**
     * Passes whose errors have the second moments of the Fisher matrix, at the present parameters.
     *
     * @return the passes, for one thread
     * @throws IllegalArgumentException if an output has no supported likelihood
     */
    FisherPasses fisherPasses();

    /**
     * Passes as {@link #fisherPasses} for a further thread; what those have logged about the model is not logged again.
     *
     * @return the passes, for one thread
     * @throws IllegalArgumentException if an output has no supported likelihood
     */
    default FisherPasses fisherPassesForFurtherThread() {
        return fisherPasses();
    }

    /**
     * Gradients of single examples at their labels.
     *
     * @param batch examples with labels
     * @return the gradients, or null if this kind of model cannot tell examples apart
     */
    @Nullable
    ExampleGradients exampleGradients(CurvatureBatch batch);

    /**
     * Whether training cuts sequences into segments.
     *
     * @return true for truncated back-propagation through time
     */
    boolean truncatesSequences();
}
