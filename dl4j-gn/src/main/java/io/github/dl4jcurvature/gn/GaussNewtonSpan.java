/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * Makes configurations ready for {@link GaussNewton}: the layers from the loss down to the first that Gauss-Newton trains.
 *
 * <p>From the loss down there must be a {@code LossLayer} with a {@link GaussNewtonLoss}, perhaps a readout, reversible
 * layers, perhaps a {@link TrainableInput}; each with a single consumer. Other layers would take the wanted change of their
 * output for a gradient. What lies below may be frozen or without parameters.
 */
public final class GaussNewtonSpan {
    private final GaussNewton updater;
    private final List<NeuralNetConfiguration> span;

    private GaussNewtonSpan(GaussNewton updater, List<NeuralNetConfiguration> span) {
        this.updater = updater;
        this.span = span;
    }

    /**
     * Checks a configuration and tells its layers how they share a step.
     *
     * @param configuration of a network with a {@link GaussNewton} updater and a {@link GaussNewtonLoss}; not modified
     * @return a copy to build the network from
     * @throws IllegalArgumentException if a layer does not fit, with its name and the remedy
     */
    public static MultiLayerConfiguration prepare(MultiLayerConfiguration configuration) {
        requireWholeSequences(configuration.getBackpropType());
        MultiLayerConfiguration copy = configuration.clone();
        List<NeuralNetConfiguration> downwards = new ArrayList<>(copy.getConfs());
        Collections.reverse(downwards);
        of(downwards, copy.getDataType()).mark();
        return copy;
    }

    /**
     * Checks a configuration and tells its layers how they share a step.
     *
     * @param configuration of a network with one output, a {@link GaussNewton} updater and a {@link GaussNewtonLoss}; not
     *     modified
     * @return a copy to build the network from
     * @throws IllegalArgumentException if a layer does not fit, with its name and the remedy
     */
    public static ComputationGraphConfiguration prepare(ComputationGraphConfiguration configuration) {
        requireWholeSequences(configuration.getBackpropType());
        ComputationGraphConfiguration copy = configuration.clone();
        of(chain(copy), copy.getDataType()).mark();
        return copy;
    }

    private static void requireWholeSequences(BackpropType type) {
        if (type != BackpropType.Standard) {
            throw new IllegalArgumentException(
                    "back-propagation is %s but Gauss-Newton steps need all of a batch at once; use BackpropType.Standard"
                            .formatted(type));
        }
    }

    /** The layers that lie in a row from the only output down; ends where vertices or consumers branch. */
    private static List<NeuralNetConfiguration> chain(ComputationGraphConfiguration graph) {
        List<String> outputs = graph.getNetworkOutputs();
        if (outputs.size() != 1) {
            throw new IllegalArgumentException(
                    "graph has outputs %s but Gauss-Newton steps need exactly one; train one head".formatted(outputs));
        }
        List<NeuralNetConfiguration> chain = new ArrayList<>();
        String name = outputs.get(0);
        while (graph.getVertices().get(name) instanceof LayerVertex vertex) {
            requireSingleConsumer(graph, name);
            chain.add(vertex.getLayerConf());
            List<String> inputs = graph.getVertexInputs().get(name);
            if (inputs == null || inputs.size() != 1) {
                break;
            }
            name = inputs.get(0);
        }
        GraphVertex last = graph.getVertices().get(name);
        if (last != null && !(last instanceof LayerVertex)) {
            throw new IllegalArgumentException(
                    "vertex '%s' is a %s but only layers in a row may lie between the loss and the first reversible layer; remove it"
                            .formatted(name, last.getClass().getSimpleName()));
        }
        return chain;
    }

    private static void requireSingleConsumer(ComputationGraphConfiguration graph, String name) {
        List<String> consumers = graph.getVertexInputs().entrySet().stream()
                .filter(entry -> entry.getValue().contains(name))
                .map(Map.Entry::getKey)
                .toList();
        if (consumers.size() > 1) {
            throw new IllegalArgumentException(
                    "vertex '%s' feeds %s but in a Gauss-Newton network each layer feeds one: tangents of several consumers do not add up; remove all but one"
                            .formatted(name, consumers));
        }
    }

    private static GaussNewtonSpan of(List<NeuralNetConfiguration> downwards, DataType type) {
        List<NeuralNetConfiguration> trained = trained(downwards);
        GaussNewtonSpan span = new GaussNewtonSpan(updater(trained, type), trained);
        span.requireLoss();
        for (int i = 1; i < span.span.size(); i++) {
            requireFits(span.span.get(i).getLayer(), i == 1, i == span.span.size() - 1);
        }
        downwards.subList(span.span.size(), downwards.size()).forEach(below -> holdStill(below.getLayer()));
        return span;
    }

    /** The updater of the lowest layer; all must be able to solve in the network's type. */
    private static GaussNewton updater(List<NeuralNetConfiguration> trained, DataType type) {
        GaussNewton updater = null;
        for (NeuralNetConfiguration layer : trained) {
            if (blocks(layer.getLayer()) > 0
                    && ((BaseLayer) layer.getLayer()).getIUpdater() instanceof GaussNewton gaussNewton) {
                gaussNewton.solver(type);
                updater = gaussNewton;
            }
        }
        if (updater == null) {
            throw new IllegalArgumentException(
                    "no layer has a GaussNewton updater; set one with updater(new GaussNewton(0.5)), or use the configuration as it is");
        }
        return updater;
    }

    /** From the loss down to the last layer that is trained. */
    private static List<NeuralNetConfiguration> trained(List<NeuralNetConfiguration> downwards) {
        int end = 0;
        for (int i = 0; i < downwards.size(); i++) {
            Layer layer = downwards.get(i).getLayer();
            if (layer instanceof ReversibleLayer || layer instanceof LinearLayer) {
                end = i + 1;
            }
        }
        if (end == 0) {
            throw new IllegalArgumentException(
                    "there is no reversible layer to train; add a ReversibleCouplingLayer or a ReversibleStack");
        }
        return downwards.subList(0, end);
    }

    private void requireLoss() {
        Layer last = span.get(0).getLayer();
        if (!(last instanceof LossLayer loss && loss.getLossFn() instanceof GaussNewtonLoss gaussNewton)) {
            throw new IllegalArgumentException(
                    "output layer '%s' is a %s but must be a LossLayer with a GaussNewtonLoss; use new LossLayer.Builder(new GaussNewtonLoss(new LossMCXENT()))"
                            .formatted(last.getLayerName(), describe(last)));
        }
        gaussNewton.requireActivation(loss.getActivationFn());
        requireNoDropout(last);
    }

    private static String describe(Layer layer) {
        return layer instanceof LossLayer loss
                ? "LossLayer with " + loss.getLossFn()
                : layer.getClass().getSimpleName();
    }

    private static void requireFits(Layer layer, boolean last, boolean first) {
        boolean fits = layer instanceof ReversibleLayer
                || (last && (layer instanceof OrthonormalReadout || layer instanceof TrainableReadout))
                || (first && layer instanceof TrainableInput);
        if (!fits) {
            throw new IllegalArgumentException(
                    "layer '%s' is a %s, which takes wanted changes of its output for gradients; between the loss and the first trained layer use reversible layers, below a readout and above a TrainableInput"
                            .formatted(layer.getLayerName(), layer.getClass().getSimpleName()));
        }
        requireNoDropout(layer);
        BaseLayer base = (BaseLayer) layer;
        if (!(layer instanceof OrthonormalReadout)
                && !(base.getIUpdater() instanceof GaussNewton
                        && (base.getBiasUpdater() == null || base.getBiasUpdater() instanceof GaussNewton))) {
            throw new IllegalArgumentException(
                    "layer '%s' has the updater %s but all layers above and below have GaussNewton; set it for the whole network"
                            .formatted(layer.getLayerName(), base.getIUpdater()));
        }
    }

    private static void requireNoDropout(Layer layer) {
        if (layer.getIDropout() != null) {
            throw new IllegalArgumentException(
                    "layer '%s' has dropout %s, which changes activations by chance; remove it"
                            .formatted(layer.getLayerName(), layer.getIDropout()));
        }
    }

    /** Refuses a layer below that is trained, and sees to it that a frozen one is left alone. */
    private static void holdStill(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            withoutUpdater(frozen.getLayer());
        } else if (layer instanceof FrozenLayerWithBackprop frozen) {
            withoutUpdater(frozen.getUnderlying());
        } else if (layer.initializer().numParams(layer) > 0) {
            throw new IllegalArgumentException(
                    "layer '%s' below the reversible layers is trained, but no gradient arrives there; freeze it, or use a TrainableInput"
                            .formatted(layer.getLayerName()));
        }
    }

    /** The host hands the zeros of a frozen layer to its updater, which must not be one that waits for steps. */
    private static void withoutUpdater(Layer layer) {
        if (layer instanceof BaseLayer base) {
            base.setIUpdater(new NoOp());
            base.setBiasUpdater(null);
        }
    }

    private static int blocks(Layer layer) {
        if (layer instanceof ReversibleLayer reversible) {
            return reversible.blocks();
        }
        return layer instanceof LinearLayer ? 1 : 0;
    }

    /** Writes the blocks' weights into the updaters and marks the loss. */
    private void mark() {
        double[] weights = updater.weights(
                span.stream().mapToInt(c -> blocks(c.getLayer())).sum());
        int from = 0;
        for (int i = span.size() - 1; i > 0; i--) {
            Layer layer = span.get(i).getLayer();
            int blocks = blocks(layer);
            if (blocks > 0) {
                BaseLayer base = (BaseLayer) layer;
                GaussNewton own = (GaussNewton) base.getIUpdater();
                base.setIUpdater(own.forLayer(Arrays.copyOfRange(weights, from, from + blocks)));
                base.setBiasUpdater(null);
                from += blocks;
            }
        }
        LossLayer loss = (LossLayer) span.get(0).getLayer();
        loss.setLossFn(((GaussNewtonLoss) loss.getLossFn()).prepared());
    }
}
