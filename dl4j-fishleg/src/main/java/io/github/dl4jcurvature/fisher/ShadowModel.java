/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a shadow network needs of its host model, the same for both kinds of network. */
interface ShadowModel {

    /** All layers, and vertices with parameters, in the host's order. */
    List<ShadowNode> nodes();

    /** Names of the output layers in the order of the labels. */
    List<String> outputs();

    /** Whether no part without parameters can mix examples or reorder rows. */
    boolean keepsExamplesApart();

    /** The host's flat parameters. */
    INDArray params();

    /** The host's flat gradient; null before the first backward pass. */
    @Nullable
    INDArray getFlattenedGradients();

    /**
     * Forward and backward pass; the gradient is left in the flat gradient.
     *
     * @param labels the host's labels, or null if the losses do not look at them
     * @param atEnd called while layer inputs are valid, with a map from layer name to its activations
     */
    void backward(
            CurvatureBatch batch, INDArray @Nullable [] labels, Consumer<Function<String, @Nullable INDArray>> atEnd);

    /** Forward pass in training mode up to the pre-activations of the output layers, which the losses record. */
    void forward(CurvatureBatch batch);

    /**
     * Labels that satisfy the host's shape checks for an output layer whose input is set; the host also takes the batch
     * size from them.
     */
    static INDArray placeholderLabels(org.deeplearning4j.nn.api.Layer output, long examples) {
        INDArray input = output.input();
        if (input.rank() == 3 && output.conf().getLayer() instanceof RnnOutputLayer rnn) {
            return rnn.getRnnDataFormat() == RNNFormat.NWC
                    ? Nd4j.zeros(input.dataType(), examples, input.size(1), 1)
                    : Nd4j.zeros(input.dataType(), examples, 1, input.size(2));
        }
        return Nd4j.zeros(input.dataType(), examples, 1);
    }
}
