/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.LinkedHashMap;
import java.util.Map;

import org.deeplearning4j.nn.conf.layers.Layer;

/** The parameters of a layer that is linear in its weights. */
final class LinearParameters extends MatrixParameters {
    static final LinearParameters INSTANCE = new LinearParameters();
    static final String WEIGHTS = "W";
    static final String BIAS = "b";
    static final String PROJECTION = "V";

    private LinearParameters() {}

    @Override
    Map<String, long[]> shapes(Layer configuration) {
        LinearLayer layer = (LinearLayer) configuration;
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(WEIGHTS, new long[] {layer.features(), layer.getNOut()});
        shapes.put(BIAS, new long[] {1, layer.getNOut()});
        if (layer.getHiddenSize() > 0) {
            shapes.put(PROJECTION, new long[] {layer.getNIn(), layer.getHiddenSize()});
        }
        return shapes;
    }
}
