/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.List;
import java.util.function.Consumer;

import io.github.dl4jcurvature.pruning.LayerSparsity;
import io.github.dl4jcurvature.pruning.Sparsity;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Sparsity of every weight matrix, from the first zero on; biases, which start at zero, are left out. */
final class SparsityReport extends NetworkReport {
    private static final String BIAS = "b";

    SparsityReport(int frequency, Consumer<Measurement> measurements) {
        super(frequency, measurements);
    }

    @Override
    void iterationDone(Model model, int iteration, int epoch) {
        if (!isDue(iteration) || !(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            return;
        }
        List<LayerSparsity> weights = Sparsity.of(model).layers().stream()
                .filter(each -> !each.parameter().equals(BIAS))
                .toList();
        if (weights.stream().anyMatch(each -> each.zeros() > 0)) {
            weights.forEach(
                    each -> put(Chart.SPARSITY, each.layer() + " " + each.parameter(), iteration, each.sparsity()));
        }
    }
}
