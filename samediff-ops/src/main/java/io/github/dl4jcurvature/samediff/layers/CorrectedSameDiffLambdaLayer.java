/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import io.github.dl4jcurvature.samediff.HostGradient;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A {@code SameDiffLambdaLayer} with right gradients where the host's are doubled; see {@link HostGradient}.
 *
 * <p>To be extended like the host's class, with {@link #defineOutput} in place of {@code defineLayer}.
 */
public abstract class CorrectedSameDiffLambdaLayer extends SameDiffLambdaLayer {
    private static final long serialVersionUID = 1L;

    /** For subclasses and the host's serialisation. */
    protected CorrectedSameDiffLambdaLayer() {}

    /**
     * Defines the output of the layer.
     *
     * @param graph the layer's graph
     * @param input the layer's input
     * @return the output
     */
    public abstract SDVariable defineOutput(SameDiff graph, SDVariable input);

    @Override
    public final SDVariable defineLayer(SameDiff graph, SDVariable input) {
        return HostGradient.corrected(defineOutput(graph, input));
    }
}
