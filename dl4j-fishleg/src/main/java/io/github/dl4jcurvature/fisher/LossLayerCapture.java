/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** Loss layers, which have no parameters: a dense layer before it computes the pre-activations. */
record LossLayerCapture(LossLayer configuration, CapturingLoss loss) implements LossCapture {

    static LossLayerCapture attach(LossLayer configuration) {
        CapturingLoss loss = new CapturingLoss(configuration.getLossFn());
        configuration.setLossFn(loss);
        return new LossLayerCapture(configuration, loss);
    }

    /**
     * Moves the softmax or sigmoid of a dense layer into the loss layer after it, as models imported from Keras have them
     * the other way about: the network is the same function, but its pre-activations become those of a canonical link.
     */
    static void moveLink(Layer before, Layer after) {
        if (before instanceof DenseLayer dense
                && after instanceof LossLayer loss
                && loss.getActivationFn() instanceof ActivationIdentity) {
            IActivation link = dense.getActivationFn();
            if (link instanceof ActivationSoftmax || link instanceof ActivationSigmoid) {
                dense.setActivationFn(new ActivationIdentity());
                loss.setActivationFn(link);
            }
        }
    }

    @Override
    public OutputDistribution distribution(String layer) {
        return OutputDistribution.forLayer(layer, loss.delegate(), configuration.getActivationFn());
    }

    @Override
    public void recordErrors(boolean on) {
        loss.recordErrors(on);
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        throw new IllegalStateException("loss layer '%s' has no parameters and so no factors".formatted(pass.name()));
    }
}
