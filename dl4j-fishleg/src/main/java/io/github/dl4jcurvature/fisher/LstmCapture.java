/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * LSTM layers: gate columns in the host's order input, forget, output, modulation. Peepholes of GravesLSTM, which the
 * host holds behind the recurrent weights of the gates, are left out.
 *
 * <p>The host propagates errors from the last step to the first; within a step in the order output gate, cell, forget
 * gate, modulation gate, input. At the first step there is no forget gate, since the cell starts at zero. It
 * does not mask the errors of an LSTM without peepholes, so neither does this class. A {@link OnePassLstmLayer} that ran its
 * own recursion has the rows already.
 */
record LstmCapture(AbstractLSTM configuration, ErrorTape activations, ErrorTape gates) implements LayerCapture {

    static LstmCapture attach(AbstractLSTM configuration) {
        ErrorTape activations = new ErrorTape();
        ErrorTape gates = new ErrorTape();
        configuration.setActivationFn(new CapturingActivation(configuration.getActivationFn(), activations));
        configuration.setGateActivationFn(new CapturingActivation(configuration.getGateActivationFn(), gates));
        return new LstmCapture(configuration, activations, gates);
    }

    @Override
    public boolean isComplete() {
        return configuration instanceof LSTM;
    }

    @Override
    public void recordErrors(boolean on) {
        activations.record(on);
        gates.record(on);
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        if (pass.layer() instanceof OnePassLstmLayer layer && layer.rows() != null) {
            return List.of(RecurrentFactors.of(pass, layer.rows()));
        }
        Iterator<INDArray> activation = activations.errors().iterator();
        Iterator<INDArray> gate = gates.errors().iterator();
        int steps = activations.errors().size() / 2;
        List<INDArray> errors = new ArrayList<>();
        for (int t = steps - 1; t >= 0; t--) {
            errors.add(0, stepErrors(activation, gate, t > 0));
        }
        return List.of(
                RecurrentFactors.of(pass, configuration.getRnnDataFormat(), errors, !(configuration instanceof LSTM)));
    }

    private static INDArray stepErrors(Iterator<INDArray> activation, Iterator<INDArray> gate, boolean hasForgetGate) {
        INDArray output = gate.next(); // [N, nOut]
        activation.next(); // error of the cell, not of a gate
        INDArray forget = hasForgetGate ? gate.next() : Nd4j.zeros(output.dataType(), output.shape());
        INDArray modulation = gate.next();
        INDArray input = activation.next();
        return Nd4j.concat(1, input, forget, output, modulation); // [N, 4 nOut]
    }
}
