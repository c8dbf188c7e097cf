/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Running statistics of batch normalisation, computed anew after the weights before it have changed.
 *
 * <p>The layers are taken in the order of the network, each with all layers before it in inference mode on their new
 * statistics; mean and variance of a layer's inputs are those of all examples together, not averages over batches.
 *
 * <p>An input that is the same for all examples, as that of a unit that lost all its weights, has the variance 0. The host
 * keeps its logarithm, so a variance counts as at least 1e-6 of the constant that the host adds to it; that does not change
 * what the layer computes by more than a part in a million. Frozen layers keep their statistics.
 */
public final class BatchNormalizationStatistics {
    private BatchNormalizationStatistics() {}

    /**
     * Replaces the running mean and variance of every batch normalisation layer.
     *
     * @param model an initialised MultiLayerNetwork, or a ComputationGraph with one input; only the statistics change, and
     *     nothing if this fails
     * @param data examples; labels are not looked at; read once for each layer
     * @throws IllegalArgumentException if the model is of another kind or not initialised, the iterator cannot be reset, or
     *     there is no example
     * @throws ArithmeticException if inputs of a layer are not finite
     */
    public static void refresh(Model model, DataSetIterator data) {
        PrunableNetwork network = PrunableNetwork.of(model);
        if (!data.resetSupported()) {
            throw new IllegalArgumentException(
                    "data cannot be reset, but it is read once for each layer; pass an iterator that can be reset");
        }
        INDArray before = network.parameters().dup();
        try {
            refresh(network, data);
        } catch (RuntimeException failure) {
            network.parameters().assign(before);
            throw failure;
        }
    }

    private static void refresh(PrunableNetwork network, DataSetIterator data) {
        for (Layer layer : inOrder(network)) {
            if (layer instanceof BatchNormalization normalization) {
                refresh(network, normalization, data);
            }
        }
    }

    /** A graph lists its layers as they were added to it, not as it computes them. */
    private static List<Layer> inOrder(PrunableNetwork network) {
        if (!(network.model() instanceof ComputationGraph graph)) {
            return List.of(network.layers());
        }
        GraphVertex[] vertices = graph.getVertices();
        return Arrays.stream(graph.topologicalSortOrder())
                .mapToObj(index -> vertices[index])
                .filter(GraphVertex::hasLayer)
                .map(GraphVertex::getLayer)
                .toList();
    }

    private static void refresh(PrunableNetwork network, BatchNormalization layer, DataSetIterator data) {
        INDArray mean = layer.getParam(BatchNormalizationParamInitializer.GLOBAL_MEAN);
        Moments moments = new Moments(mean.length(), layer.layerConf().getCnn2DFormat());
        data.reset();
        while (data.hasNext()) {
            DataSet batch = data.next();
            moments.add(inputOf(network.model(), layer, batch.getFeatures()));
        }
        moments.requireFinite(PrunableNetwork.name(layer));
        mean.assign(moments.mean().reshape(mean.shape()));
        INDArray variance = moments.variance(Math.max(1e-6 * layer.layerConf().getEps(), Float.MIN_NORMAL));
        if (layer.layerConf().isUseLogStd()) {
            INDArray target = layer.getParam(BatchNormalizationParamInitializer.GLOBAL_LOG_STD);
            // the host keeps log10 of the standard deviation
            target.assign(Transforms.log(variance).divi(2 * Math.log(10)).reshape(target.shape()));
        } else {
            INDArray target = layer.getParam(BatchNormalizationParamInitializer.GLOBAL_VAR);
            target.assign(variance.reshape(target.shape()));
        }
    }

    private static INDArray inputOf(Model model, Layer layer, INDArray features) {
        if (model instanceof MultiLayerNetwork network) {
            List<INDArray> activations = network.feedForwardToLayer(layer.getIndex(), features, false);
            return adapted(
                    activations.get(layer.getIndex()),
                    network.getLayerWiseConfigurations().getInputPreProcess(layer.getIndex()),
                    features.size(0));
        }
        ComputationGraph graph = (ComputationGraph) model;
        String name = PrunableNetwork.name(layer);
        List<String> sources = Objects.requireNonNull(
                graph.getConfiguration().getVertexInputs().get(name), "a layer has inputs");
        INDArray input = Objects.requireNonNull(
                graph.feedForward(new INDArray[] {features}, false).get(sources.get(0)),
                "activations have all vertices");
        LayerVertex vertex = (LayerVertex) graph.getVertex(name);
        return adapted(input, vertex.getLayerPreProcessor(), features.size(0));
    }

    private static INDArray adapted(INDArray input, @Nullable InputPreProcessor adapter, long examples) {
        return adapter == null
                ? input
                : adapter.preProcess(input.dup(), Math.toIntExact(examples), LayerWorkspaceMgr.noWorkspaces());
    }

    /** Mean and squared deviations over examples and positions, in double precision, one batch after the other. */
    private static final class Moments {
        private final CNN2DFormat format;
        private INDArray mean; // [features]
        private INDArray squares; // [features], sum of squared deviations from the mean
        private long count;

        Moments(long features, CNN2DFormat format) {
            this.format = format;
            mean = Nd4j.zeros(DataType.DOUBLE, features);
            squares = mean.dup();
        }

        /** Source: Chan, Golub and LeVeque, Updating formulae for computing sample variances, 1979, equation 2.1. */
        void add(INDArray input) {
            INDArray rows = rows(input.castTo(DataType.DOUBLE)); // [n, features]
            long size = rows.size(0);
            INDArray batchMean = rows.mean(0);
            INDArray centred = rows.subRowVector(batchMean);
            INDArray shift = batchMean.sub(mean);
            squares = squares.add(centred.muli(centred).sum(0))
                    .addi(shift.mul(shift).muli((double) count * size / (count + size)));
            mean = mean.add(shift.muli((double) size / (count + size)));
            count += size;
        }

        /** Examples, and positions of images, below each other. */
        private INDArray rows(INDArray input) {
            if (input.rank() == 2) {
                return input;
            }
            boolean channelsLast = input.rank() == 4 && format == CNN2DFormat.NHWC;
            INDArray last = channelsLast ? input : input.permute(channelsToTheEnd(input.rank()));
            return last.dup('c').reshape('c', last.length() / mean.length(), mean.length());
        }

        private static int[] channelsToTheEnd(int rank) {
            int[] order = new int[rank];
            for (int i = 1; i < rank - 1; i++) {
                order[i] = i + 1;
            }
            order[rank - 1] = 1;
            return order;
        }

        void requireFinite(String layer) {
            if (count == 0) {
                throw new IllegalArgumentException("data is empty; pass an iterator with at least one example");
            }
            double norm =
                    mean.norm2Number().doubleValue() + squares.norm2Number().doubleValue();
            if (!Double.isFinite(norm)) {
                throw new ArithmeticException(
                        "inputs of layer '%s' are not finite; check data and parameters for NaN".formatted(layer));
            }
        }

        INDArray mean() {
            return mean;
        }

        INDArray variance(double least) {
            return Transforms.max(squares.div(count), least);
        }
    }
}
