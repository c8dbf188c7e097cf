/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.HashMap;
import java.util.Map;

import org.deeplearning4j.nn.api.Layer;

/**
 * Keeps inputs and errors of a network's affine layers in every training pass.
 *
 * <p>It is installed in a network's forward pass, where no array of the pass has been used by the backward pass yet, so
 * that already the first iteration is captured. Installing changes no number of the training.
 */
final class TrainingRecorder {
    private final Map<String, LayerRecorder> recorders = new HashMap<>();

    /** Installs the recorders where they are missing. */
    void install(HostNetwork network) {
        for (Layer layer : network.layers()) {
            if (LayerRecorder.supports(layer)
                    && layer.getConfig().getUpdaterByParam("W") instanceof CurvatureConfiguration configuration) {
                recorders
                        .computeIfAbsent(HostNetwork.nameOf(layer), name -> new LayerRecorder())
                        .install(layer, configuration);
            }
        }
    }

    /** Copies the layer inputs, which the host still holds at the end of its backward pass. */
    void keepInputs(HostNetwork network) {
        if (recorders.isEmpty()) {
            return;
        }
        for (Layer layer : network.layers()) {
            LayerRecorder recorder = recorders.get(HostNetwork.nameOf(layer));
            if (recorder != null) {
                recorder.keepInputs(layer);
            }
        }
    }

    /** Hands over what the last pass left and forgets it. */
    Map<String, TrainingFactors> take() {
        Map<String, TrainingFactors> taken = new HashMap<>();
        recorders.forEach((layer, recorder) -> {
            TrainingFactors factors = recorder.take();
            if (factors != null) {
                taken.put(layer, factors);
            }
        });
        return taken;
    }
}
