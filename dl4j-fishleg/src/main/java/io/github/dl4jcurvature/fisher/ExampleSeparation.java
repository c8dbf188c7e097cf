/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.stream.IntStream;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Whether the parts of a network without parameters are known to keep examples apart and rows in the host's order.
 *
 * <p>Unknown are parts written by users, including SameDiff ones, and general reshaping.
 */
final class ExampleSeparation {
    private ExampleSeparation() {}

    static boolean isKnown(MultiLayerConfiguration network) {
        return IntStream.range(0, network.getConfs().size())
                .allMatch(i -> isKnown(network.getConf(i).getLayer()) && isKnown(network.getInputPreProcess(i)));
    }

    static boolean isKnown(ComputationGraphConfiguration graph) {
        return graph.getVertices().values().stream().allMatch(ExampleSeparation::isKnown);
    }

    private static boolean isKnown(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer) {
            return isKnown(layer.getLayerConf().getLayer()) && isKnown(layer.getPreProcessor());
        }
        return vertex.getClass().getPackageName().startsWith(GraphVertex.class.getPackageName())
                && !(vertex instanceof ReshapeVertex)
                && !(vertex instanceof PreprocessorVertex);
    }

    private static boolean isKnown(Layer layer) {
        return layer.getClass().getPackageName().startsWith(Layer.class.getPackageName())
                && !(layer instanceof AbstractSameDiffLayer);
    }

    private static boolean isKnown(@Nullable InputPreProcessor adapter) {
        return adapter == null
                || (adapter.getClass().getPackageName().equals(BaseInputPreProcessor.class.getPackageName())
                        && !(adapter instanceof ComposableInputPreProcessor));
    }
}
