/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;

/** The last step of a recurrent layer: that layer yields the factors of all its steps. */
record LastTimeStepCapture(LayerCapture wrapped) implements LayerCapture {

    static LastTimeStepCapture attach(LastTimeStep configuration) {
        return new LastTimeStepCapture(BidirectionalCapture.attached(configuration.getUnderlying()));
    }

    @Override
    public void recordErrors(boolean on) {
        wrapped.recordErrors(on);
    }

    @Override
    public boolean isComplete() {
        return wrapped.isComplete();
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        return wrapped.factors(pass.within(((BaseWrapperLayer) pass.layer()).getUnderlying(), ""));
    }
}
