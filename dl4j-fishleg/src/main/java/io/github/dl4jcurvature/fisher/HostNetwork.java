/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Collection;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link MultiLayerNetwork} and {@link ComputationGraph} have in common but share no interface for. */
interface HostNetwork {

    static HostNetwork of(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            return new MultiLayerHost(network);
        }
        if (model instanceof ComputationGraph graph) {
            return new GraphHost(graph);
        }
        throw new IllegalArgumentException("model must be a MultiLayerNetwork or a ComputationGraph but is a %s;"
                        .formatted(model.getClass().getName())
                + " wrap other models in one of these");
    }

    static String nameOf(Layer layer) {
        return layer.conf().getLayer().getLayerName();
    }

    /** The runtime layers in the order of the parameters. */
    Layer[] layers();

    /** The listeners of the network in the order in which they are called. */
    Collection<TrainingListener> listeners();

    /** The updater of the network, created if there is none. */
    BaseMultiLayerUpdater<?> updater();

    /** Replaces the updater by a new one with fresh state. */
    void rebuildUpdater();

    /** The flat parameters: a live view. */
    INDArray parameters();

    /** The flat gradient, shape [parameters]: a live view. */
    INDArray gradient();

    int iteration();

    int epoch();

    /** How gradients are propagated through time. */
    BackpropType backpropType();

    /** What the host divides summed gradients by. */
    double divisor();

    /** References to inputs, labels and masks of the iteration; to be called at the end of the backward pass. */
    CurvatureBatch batch();
}
