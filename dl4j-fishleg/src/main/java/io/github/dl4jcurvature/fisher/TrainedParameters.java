/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads off a network which parameters gradients descend on. */
final class TrainedParameters {
    private TrainedParameters() {}

    static List<LayerParameters.Placed> of(HostNetwork network) {
        List<LayerParameters.Placed> placed = new ArrayList<>();
        long origin = network.parameters().offset();
        for (Layer layer : network.layers()) {
            if (layer.numParams() > 0
                    && !(layer instanceof FrozenLayer)
                    && !(layer instanceof FrozenLayerWithBackprop)) {
                List<Map.Entry<String, INDArray>> views =
                        new ArrayList<>(layer.paramTable(false).entrySet());
                views.removeIf(entry -> !layer.updaterDivideByMinibatch(entry.getKey())
                        || layer.getConfig().isPretrainParam(entry.getKey()));
                views.sort(Comparator.comparingLong(entry -> entry.getValue().offset()));
                addRuns(placed, layer, views, origin);
            }
        }
        return placed;
    }

    /** One entry for each run of parameters without a gap. */
    private static void addRuns(
            List<LayerParameters.Placed> placed, Layer layer, List<Map.Entry<String, INDArray>> views, long origin) {
        int from = 0;
        for (int i = 0; i < views.size(); i++) {
            INDArray view = views.get(i).getValue();
            if (i + 1 == views.size() || views.get(i + 1).getValue().offset() != view.offset() + view.length()) {
                List<Map.Entry<String, INDArray>> run = views.subList(from, i + 1);
                placed.add(new LayerParameters.Placed(
                        describe(layer, run), run.get(0).getValue().offset() - origin));
                from = i + 1;
            }
        }
    }

    private static LayerParameters describe(Layer layer, List<Map.Entry<String, INDArray>> run) {
        List<ParameterSections.Entry> entries = new ArrayList<>();
        long first = run.get(0).getValue().offset();
        for (Map.Entry<String, INDArray> view : run) {
            entries.add(new ParameterSections.Entry(
                    view.getKey(),
                    view.getValue().offset() - first,
                    view.getValue().shape()));
        }
        return new LayerParameters(
                HostNetwork.nameOf(layer),
                run.stream().map(Map.Entry::getKey).toList(),
                entries.stream().map(ParameterSections.Entry::length).toList(),
                ParameterSections.of(layer.conf().getLayer(), entries));
    }
}
