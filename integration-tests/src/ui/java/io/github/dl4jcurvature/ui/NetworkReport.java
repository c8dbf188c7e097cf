/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.IUpdater;

/** What one method tells about a network that is being trained; silent for networks without the method. */
abstract class NetworkReport {
    private final int frequency;
    private final Consumer<Measurement> measurements;

    NetworkReport(int frequency, Consumer<Measurement> measurements) {
        this.frequency = frequency;
        this.measurements = measurements;
    }

    void onBackwardPass(Model model) {}

    void onGradientCalculation(Model model) {}

    abstract void iterationDone(Model model, int iteration, int epoch);

    final boolean isDue(int iteration) {
        return iteration % frequency == 0;
    }

    final void put(Chart chart, String series, long x, double y) {
        measurements.accept(new Measurement(chart, series, x, y));
    }

    static boolean isTrainedBy(Class<? extends IUpdater> method, Model model) {
        return layers(model)
                .anyMatch(layer -> layer.conf().getLayer() instanceof BaseLayer base
                        && (method.isInstance(base.getIUpdater()) || method.isInstance(base.getBiasUpdater())));
    }

    static Stream<Layer> layers(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            return Arrays.stream(network.getLayers());
        }
        return model instanceof ComputationGraph graph ? Arrays.stream(graph.getLayers()) : Stream.empty();
    }
}
