/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Simple recurrent layers without layer normalisation: one error array per time step, last step first. */
record SimpleRnnCapture(SimpleRnn configuration, ErrorTape tape) implements LayerCapture {

    static SimpleRnnCapture attach(SimpleRnn configuration) {
        ErrorTape tape = new ErrorTape();
        configuration.setActivationFn(new CapturingActivation(configuration.getActivationFn(), tape));
        return new SimpleRnnCapture(configuration, tape);
    }

    @Override
    public void recordErrors(boolean on) {
        tape.record(on);
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        List<INDArray> errors = new ArrayList<>(tape.errors());
        Collections.reverse(errors);
        return List.of(RecurrentFactors.of(pass, configuration.getRnnDataFormat(), errors, true));
    }
}
