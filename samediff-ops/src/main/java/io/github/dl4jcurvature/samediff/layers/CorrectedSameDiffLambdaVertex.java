/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import io.github.dl4jcurvature.samediff.HostGradient;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@code SameDiffLambdaVertex} with right gradients where the host's are doubled, see {@link HostGradient}, or
 * those of an earlier iteration, as the gradients of inputs are in 1.0.0-M2.1.
 *
 * <p>To be extended like the host's class, with {@link #defineOutput} in place of {@code defineVertex}.
 */
public abstract class CorrectedSameDiffLambdaVertex extends SameDiffLambdaVertex {
    private static final long serialVersionUID = 1L;

    /** For subclasses and the host's serialisation. */
    protected CorrectedSameDiffLambdaVertex() {}

    /**
     * Defines the output of the vertex.
     *
     * @param graph the vertex's graph
     * @param inputs the inputs by number
     * @return the output
     */
    public abstract SDVariable defineOutput(SameDiff graph, VertexInputs inputs);

    @Override
    public final SDVariable defineVertex(SameDiff graph, VertexInputs inputs) {
        return HostGradient.corrected(defineOutput(graph, inputs));
    }

    @Override
    public final GraphVertex instantiate(
            ComputationGraph graph, String name, int index, INDArray parameters, boolean initialize, DataType type) {
        setName(name);
        return new CorrectedGraphVertex(this, graph, name, index, parameters, initialize, type);
    }
}
