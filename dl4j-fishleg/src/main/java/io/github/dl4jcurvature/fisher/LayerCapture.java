/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.jspecify.annotations.Nullable;

/** Knows how one kind of layer yields its inputs and errors. */
interface LayerCapture {

    /** Switches copying of errors on or off and forgets earlier ones. */
    void recordErrors(boolean on);

    /** Inputs and errors of the pass just run; called before the layer's arrays become invalid. */
    LayerFactors factors(LayerPass pass);

    /**
     * Instruments a layer configuration in place.
     *
     * @return its capture, or null if layers of this kind cannot be captured
     */
    static @Nullable LayerCapture attach(Layer configuration) {
        Class<?> kind = configuration.getClass();
        if (kind == OutputLayer.class || kind == RnnOutputLayer.class) {
            return OutputCapture.attach((org.deeplearning4j.nn.conf.layers.BaseOutputLayer) configuration);
        }
        if (kind == LossLayer.class) {
            return LossLayerCapture.attach((LossLayer) configuration);
        }
        if (kind == DenseLayer.class && !((DenseLayer) configuration).hasLayerNorm()) {
            return DenseCapture.attach((DenseLayer) configuration);
        }
        if (kind == ConvolutionLayer.class) {
            return ConvolutionCapture.attach((ConvolutionLayer) configuration);
        }
        if (kind == SimpleRnn.class && !((SimpleRnn) configuration).hasLayerNorm()) {
            return SimpleRnnCapture.attach((SimpleRnn) configuration);
        }
        if (kind == LSTM.class) {
            return LstmCapture.attach((LSTM) configuration);
        }
        if (kind == EmbeddingLayer.class) {
            return EmbeddingCapture.attach((EmbeddingLayer) configuration);
        }
        return null;
    }
}
