/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.IdentityHashMap;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Layers that share one updater configuration, whose plan can be that of one layer only.
 *
 * <p>The host copies the updater of a network's builder for every layer, but puts that of a FineTuneConfiguration into all layers.
 */
final class SharedConfigurations {
    private final IdentityHashMap<IUpdater, Layer> owners = new IdentityHashMap<>();
    private boolean separated;

    private SharedConfigurations() {}

    /** Gives each layer but the first of those that share a configuration a copy; returns whether there were such layers. */
    static boolean separate(Layer[] layers) {
        SharedConfigurations shared = new SharedConfigurations();
        for (Layer layer : layers) {
            if (layer.conf().getLayer() instanceof BaseLayer configuration) {
                shared.separate(layer, configuration);
            }
        }
        return shared.separated;
    }

    @SuppressWarnings("ReferenceEquality") // equal updaters of two parameters may be different objects
    private void separate(Layer layer, BaseLayer configuration) {
        IUpdater weights = configuration.getIUpdater();
        IUpdater biases = configuration.getBiasUpdater();
        if (isOfAnother(layer, weights)) {
            configuration.setIUpdater(weights.clone());
            separated = true;
        }
        if (biases == weights) {
            configuration.setBiasUpdater(configuration.getIUpdater());
        } else if (isOfAnother(layer, biases)) {
            configuration.setBiasUpdater(biases.clone());
            separated = true;
        }
    }

    @SuppressWarnings("ReferenceEquality") // one runtime layer, not an equal one
    private boolean isOfAnother(Layer layer, @Nullable IUpdater updater) {
        if (!(updater instanceof CurvatureConfiguration)) {
            return false;
        }
        Layer owner = owners.putIfAbsent(updater, layer);
        return owner != null && owner != layer;
    }
}
