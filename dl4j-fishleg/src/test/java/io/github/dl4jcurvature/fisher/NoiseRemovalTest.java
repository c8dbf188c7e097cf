/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.conf.layers.LSTM;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;

import static org.assertj.core.api.Assertions.assertThat;

class NoiseRemovalTest {
    private static LSTM lstm(IActivation activation, IActivation gates) {
        LSTM layer = new LSTM.Builder()
                .nIn(2)
                .nOut(3)
                .activation(activation)
                .gateActivationFunction(gates)
                .dropOut(0.5)
                .build();
        NoiseRemoval.apply(layer);
        return layer;
    }

    /** Slopes drawn from [0.1, 0.3] become their mean. */
    @Test
    void randomSlopesBecomeTheirMeanInGatesToo() {
        LSTM layer = lstm(new ActivationRReLU(0.2, 0.4), new ActivationRReLU(0.1, 0.3));
        assertThat(layer.getActivationFn())
                .isInstanceOfSatisfying(
                        ActivationLReLU.class,
                        each -> assertThat(each.getAlpha()).isEqualTo(0.5 * (0.2 + 0.4)));
        assertThat(layer.getGateActivationFn())
                .isInstanceOfSatisfying(
                        ActivationLReLU.class,
                        each -> assertThat(each.getAlpha()).isEqualTo(0.5 * (0.1 + 0.3)));
        assertThat(layer.getIDropout()).isNull();
    }

    @Test
    void otherActivationsStay() {
        IActivation gates = new ActivationSigmoid();
        IActivation activation = new ActivationTanH();
        LSTM layer = lstm(activation, gates);
        assertThat(layer.getActivationFn()).isSameAs(activation);
        assertThat(layer.getGateActivationFn()).isSameAs(gates);
    }
}
