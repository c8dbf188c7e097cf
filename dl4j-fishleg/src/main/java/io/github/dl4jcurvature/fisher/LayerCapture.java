/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.Set;

import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.jspecify.annotations.Nullable;

/** Knows how one kind of layer yields its inputs and errors. */
interface LayerCapture {
    /** What can be captured whatever its options. */
    @SuppressWarnings("deprecation") // the host deprecates its LSTM with peepholes
    Set<Class<?>> KINDS = Set.of(
            OutputLayer.class,
            RnnOutputLayer.class,
            LossLayer.class,
            ConvolutionLayer.class,
            LSTM.class,
            OnePassLstm.class,
            GravesLSTM.class,
            EmbeddingLayer.class);

    /** Switches copying of errors on or off and forgets earlier ones. */
    void recordErrors(boolean on);

    /** Inputs and errors of the pass just run, for each matrix of the layer; called before the layer's arrays become invalid. */
    List<LayerFactors> factors(LayerPass pass);

    /** Whether the factors make up the gradients of all parameters of the layer. */
    default boolean isComplete() {
        return true;
    }

    /** Whether layers of this kind can be captured, the peepholes of GravesLSTM excepted. */
    @SuppressWarnings("deprecation") // the host deprecates its LSTM with peepholes
    static boolean supports(Layer configuration) {
        Class<?> kind = configuration.getClass();
        if (kind == LastTimeStep.class) {
            return supports(((LastTimeStep) configuration).getUnderlying());
        }
        if (configuration instanceof Bidirectional both) {
            return supports(both.getFwd()) && supports(both.getBwd());
        }
        if (kind == DenseLayer.class) {
            return !((DenseLayer) configuration).hasLayerNorm();
        }
        if (kind == SimpleRnn.class) {
            return !((SimpleRnn) configuration).hasLayerNorm();
        }
        return KINDS.contains(kind);
    }

    /**
     * Instruments a layer configuration in place.
     *
     * @return its capture, or null if layers of this kind cannot be captured
     */
    static @Nullable LayerCapture attach(Layer configuration) {
        if (!supports(configuration)) {
            return null;
        }
        Class<?> kind = configuration.getClass();
        if (kind == OutputLayer.class || kind == RnnOutputLayer.class) {
            return OutputCapture.attach((org.deeplearning4j.nn.conf.layers.BaseOutputLayer) configuration);
        }
        if (kind == LossLayer.class) {
            return LossLayerCapture.attach((LossLayer) configuration);
        }
        if (kind == DenseLayer.class) {
            return DenseCapture.attach((DenseLayer) configuration);
        }
        if (kind == ConvolutionLayer.class) {
            return ConvolutionCapture.attach((ConvolutionLayer) configuration);
        }
        if (kind == SimpleRnn.class) {
            return SimpleRnnCapture.attach((SimpleRnn) configuration);
        }
        if (configuration instanceof AbstractLSTM lstm) {
            return LstmCapture.attach(lstm);
        }
        if (configuration instanceof LastTimeStep wrapper) {
            return LastTimeStepCapture.attach(wrapper);
        }
        if (configuration instanceof TappedBidirectional both) {
            return BidirectionalCapture.attach(both);
        }
        if (kind == EmbeddingLayer.class) {
            return EmbeddingCapture.attach((EmbeddingLayer) configuration);
        }
        return null;
    }
}
