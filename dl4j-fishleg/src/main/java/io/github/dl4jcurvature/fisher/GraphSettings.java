/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.Map;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph with what its user says of it.
 *
 * @param graph the graph that is trained
 * @param outputs its predictive variables
 */
record GraphSettings(SameDiff graph, List<GraphOutput> outputs) {

    /** The arrays of a batch by placeholder. */
    Map<String, INDArray> placeholders(CurvatureBatch batch) {
        TrainingConfig config = graph.getTrainingConfig();
        if (config == null) {
            throw new IllegalStateException("the graph has no training configuration; call setTrainingConfig first");
        }
        return GraphNames.placeholders(graph, config, batch);
    }

    List<String> outputNames() {
        return outputs.stream().map(GraphOutput::variable).toList();
    }
}
