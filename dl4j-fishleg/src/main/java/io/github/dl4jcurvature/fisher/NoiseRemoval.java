/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;

/**
 * Removes everything random from the clone of a layer configuration: dropout, weight noise and randomised activations,
 * which take their test-time form.
 *
 * <p>Configurations that wrap others share them with their clone, so wrapped ones are cloned here before they change.
 */
final class NoiseRemoval {
    private NoiseRemoval() {}

    static void apply(Layer configuration) {
        configuration.setIDropout(null);
        if (configuration instanceof BaseLayer layer) {
            layer.setWeightNoise(null);
            layer.setActivationFn(withoutNoise(layer.getActivationFn()));
        }
        if (configuration instanceof AbstractLSTM lstm) {
            lstm.setGateActivationFn(withoutNoise(lstm.getGateActivationFn()));
        }
        if (configuration instanceof ActivationLayer layer) {
            layer.setActivationFn(withoutNoise(layer.getActivationFn()));
        }
        if (configuration instanceof BaseWrapperLayer wrapper && !(wrapper instanceof FrozenLayerWithBackprop)) {
            wrapper.setUnderlying(cleanCopy(wrapper.getUnderlying()));
        }
        if (configuration instanceof Bidirectional both) {
            both.setFwd(cleanCopy(both.getFwd()));
            both.setBwd(cleanCopy(both.getBwd()));
        }
    }

    private static Layer cleanCopy(Layer configuration) {
        Layer copy = configuration.clone();
        apply(copy);
        return copy;
    }

    private static IActivation withoutNoise(IActivation activation) {
        return activation instanceof ActivationRReLU random
                ? new ActivationLReLU(0.5 * (random.getL() + random.getU()))
                : activation;
    }
}
