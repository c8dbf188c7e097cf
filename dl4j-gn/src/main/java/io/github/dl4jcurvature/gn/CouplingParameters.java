/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.conf.layers.Layer;

/** The parameters of reversible layers: all that is trained first, fixed projections last. */
final class CouplingParameters extends MatrixParameters {
    static final CouplingParameters INSTANCE = new CouplingParameters();

    private CouplingParameters() {}

    @Override
    Map<String, long[]> shapes(Layer layer) {
        ReversibleLayer reversible = (ReversibleLayer) layer;
        long half = reversible.getNIn() / 2;
        long features = reversible.features();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int l = 0; l < reversible.blocks(); l++) {
            for (String function : List.of("f", "g")) {
                shapes.put("W" + function + reversible.suffix(l), new long[] {features, half});
                if (reversible.hasBias()) {
                    shapes.put("b" + function + reversible.suffix(l), new long[] {1, half});
                }
            }
        }
        if (reversible.getHiddenSize() > 0) {
            for (int l = 0; l < reversible.blocks(); l++) {
                for (String function : List.of("f", "g")) {
                    shapes.put("V" + function + reversible.suffix(l), new long[] {half, features});
                }
            }
        }
        return shapes;
    }
}
