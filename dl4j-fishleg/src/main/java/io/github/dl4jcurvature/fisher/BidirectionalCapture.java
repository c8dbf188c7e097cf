/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.BidirectionalParamInitializer;

/** Two recurrent layers, one of them on reversed sequences: each yields factors in the order of its own steps. */
record BidirectionalCapture(TappedBidirectional configuration, LayerCapture forwards, LayerCapture backwards)
        implements LayerCapture {

    static BidirectionalCapture attach(TappedBidirectional configuration) {
        return new BidirectionalCapture(
                configuration, attached(configuration.getFwd()), attached(configuration.getBwd()));
    }

    /** The capture of a wrapped layer that is known to be supported. */
    static LayerCapture attached(Layer wrapped) {
        LayerCapture capture = LayerCapture.attach(wrapped);
        if (capture == null) {
            throw new IllegalStateException("layer %s cannot be captured but its wrapper was taken for one that can"
                    .formatted(wrapped.getClass().getName()));
        }
        return capture;
    }

    @Override
    public void recordErrors(boolean on) {
        forwards.recordErrors(on);
        backwards.recordErrors(on);
    }

    @Override
    public boolean isComplete() {
        return forwards.isComplete() && backwards.isComplete();
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        List<LayerFactors> factors = new ArrayList<>();
        factors.addAll(
                forwards.factors(pass.within(configuration.forwards(), BidirectionalParamInitializer.FORWARD_PREFIX)));
        factors.addAll(backwards.factors(
                pass.within(configuration.backwards(), BidirectionalParamInitializer.BACKWARD_PREFIX)));
        return factors;
    }
}
