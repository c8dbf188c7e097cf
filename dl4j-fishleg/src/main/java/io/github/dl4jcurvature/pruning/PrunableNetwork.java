/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The layers of a network and their place in its flat parameters, as pruning sees them.
 *
 * <p>Prunable are the weights of dense, output, convolution (one-, two- and three-dimensional), simple recurrent and LSTM
 * layers, also inside wrappers with one layer such as LastTimeStep. Not prunable are biases, normalisation, embeddings,
 * frozen layers, depthwise, separable
 * and transposed convolutions and all others.
 */
final class PrunableNetwork {
    private final Model model;
    private final Layer[] layers;

    private PrunableNetwork(Model model, Layer[] layers) {
        this.model = model;
        this.layers = layers;
    }

    static PrunableNetwork of(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            requireInitialised(network.isInitCalled() && network.params() != null);
            return new PrunableNetwork(model, network.getLayers());
        }
        if (model instanceof ComputationGraph graph) {
            requireInitialised(graph.getLayers() != null && graph.params() != null);
            return new PrunableNetwork(model, graph.getLayers());
        }
        throw new IllegalArgumentException(
                "model must be a MultiLayerNetwork or a ComputationGraph but is %s; wrap other models in one of these"
                        .formatted(model == null ? "null" : model.getClass().getName()));
    }

    private static void requireInitialised(boolean initialised) {
        if (!initialised) {
            throw new IllegalArgumentException("model is not initialised; call init() or load parameters first");
        }
    }

    Model model() {
        return model;
    }

    Layer[] layers() {
        return layers;
    }

    /** The live flat parameters, shape [n]. */
    INDArray parameters() {
        return model.params().reshape(model.params().length());
    }

    /** Configurations of a layer: that of the network, and that of the runtime layer if it is another object. */
    @SuppressWarnings("ReferenceEquality") // a copy is to be found, not an equal
    List<BaseLayer> configurations(Layer layer) {
        List<BaseLayer> found = new ArrayList<>();
        BaseLayer own = unwrap(layer.conf().getLayer());
        if (own != null) {
            found.add(own);
        }
        BaseLayer saved = unwrap(savedConfiguration(layer));
        if (saved != null && saved != own) {
            found.add(saved);
        }
        return found;
    }

    private org.deeplearning4j.nn.conf.layers.@Nullable Layer savedConfiguration(Layer layer) {
        if (model instanceof MultiLayerNetwork network) {
            return network.getLayerWiseConfigurations()
                    .getConf(layer.getIndex())
                    .getLayer();
        }
        ComputationGraph graph = (ComputationGraph) model;
        return graph.getConfiguration().getVertices().get(name(layer)) instanceof LayerVertex vertex
                ? vertex.getLayerConf().getLayer()
                : null;
    }

    static String name(Layer layer) {
        String name = layer.conf().getLayer().getLayerName();
        return name == null ? "layer" + layer.getIndex() : name;
    }

    private static @Nullable BaseLayer unwrap(org.deeplearning4j.nn.conf.layers.@Nullable Layer configuration) {
        if (configuration instanceof BaseWrapperLayer wrapper) {
            return unwrap(wrapper.getUnderlying());
        }
        return configuration instanceof BaseLayer base ? base : null;
    }

    /**
     * The weight matrices that may be pruned.
     *
     * @param include names of the layers to prune; all that can be if empty
     * @param exclude names of layers that are left alone
     * @throws IllegalArgumentException if a name is unknown or names a layer that cannot be pruned, or nothing is left
     */
    List<PrunableParameter> prunable(Set<String> include, Set<String> exclude) {
        requireKnown("include", include);
        requireKnown("exclude", exclude);
        List<PrunableParameter> parameters = new ArrayList<>();
        int index = 0;
        for (Layer layer : layers) {
            String name = name(layer);
            boolean supported = isSupported(layer);
            if (!supported && include.contains(name)) {
                throw new IllegalArgumentException(
                        "layer '%s' is a %s, which cannot be pruned; supported are dense, output, convolution, SimpleRnn and LSTM layers that are not frozen: leave it out of include"
                                .formatted(
                                        name, layer.conf().getLayer().getClass().getSimpleName()));
            }
            if (supported && !exclude.contains(name) && (include.isEmpty() || include.contains(name))) {
                parameters.addAll(weights(layer, index++));
            }
        }
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    "no layer is left to prune among %s; include at least one dense, output, convolution or recurrent layer"
                            .formatted(Arrays.stream(layers)
                                    .map(PrunableNetwork::name)
                                    .toList()));
        }
        return parameters;
    }

    private void requireKnown(String argument, Set<String> names) {
        List<String> known = Arrays.stream(layers).map(PrunableNetwork::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "%s names the layer '%s', which the network does not have; its layers are %s"
                                .formatted(argument, name, known));
            }
        }
    }

    private boolean isSupported(Layer layer) {
        if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
            return false;
        }
        BaseLayer configuration = unwrap(layer.conf().getLayer());
        return configuration instanceof DenseLayer
                || configuration instanceof BaseOutputLayer
                || configuration instanceof SimpleRnn
                || configuration instanceof AbstractLSTM
                || (configuration instanceof ConvolutionLayer
                        && !(configuration instanceof Deconvolution2D)
                        && !(configuration instanceof Deconvolution3D)
                        && !(configuration instanceof DepthwiseConvolution2D)
                        && !(configuration instanceof SeparableConvolution2D));
    }

    /** The weight matrices of a layer; none of a layer that cannot be pruned. */
    List<PrunableParameter> weights(Layer layer) {
        return isSupported(layer) ? weights(layer, 0) : List.of();
    }

    private List<PrunableParameter> weights(Layer layer, int index) {
        BaseLayer configuration = configurations(layer).get(0);
        List<PrunableParameter> weights = new ArrayList<>();
        long start = model.params().offset();
        for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
            INDArray view = entry.getValue();
            if (configuration.initializer().isWeightParam(configuration, entry.getKey()) && view.rank() >= 2) {
                long outputs = view.rank() == 2 ? view.size(1) : view.size(0); // [nIn, nOut] 'f' or [nOut, ...] 'c'
                weights.add(new PrunableParameter(
                        name(layer),
                        index,
                        entry.getKey(),
                        view.offset() - start,
                        view.length(),
                        view.length() / outputs));
            }
        }
        return weights;
    }
}
