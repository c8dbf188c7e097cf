/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import java.util.Map;

import io.github.dl4jcurvature.samediff.HostGradient;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A {@code SameDiffLayer} with right gradients where the host's are doubled; see {@link HostGradient}.
 *
 * <p>To be extended like the host's class, with {@link #defineOutput} in place of {@code defineLayer}.
 */
public abstract class CorrectedSameDiffLayer extends SameDiffLayer {
    private static final long serialVersionUID = 1L;

    /** For subclasses and the host's serialisation. */
    protected CorrectedSameDiffLayer() {}

    /**
     * Defines the output of the layer.
     *
     * @param graph the layer's graph
     * @param input the layer's input
     * @param parameters the layer's parameters by name
     * @param mask the mask of the input, if there is one
     * @return the output
     */
    public abstract SDVariable defineOutput(
            SameDiff graph, SDVariable input, Map<String, SDVariable> parameters, @Nullable SDVariable mask);

    @Override
    public final SDVariable defineLayer(
            SameDiff graph, SDVariable input, Map<String, SDVariable> parameters, @Nullable SDVariable mask) {
        return HostGradient.corrected(defineOutput(graph, input, parameters, mask));
    }
}
