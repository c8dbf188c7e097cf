/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.List;
import java.util.Objects;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
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
 */
public final class BatchNormalizationStatistics {
    private BatchNormalizationStatistics() {}

    /**
     * Replaces the running mean and variance of every batch normalisation layer.
     *
     * @param model an initialised MultiLayerNetwork, or a ComputationGraph with one input; only the statistics change
     * @param data examples; labels are not looked at; read once for each layer
     * @throws IllegalArgumentException if the model is of another kind or not initialised, or there is no example
     */
    public static void refresh(Model model, DataSetIterator data) {
        PrunableNetwork network = PrunableNetwork.of(model);
        for (Layer layer : network.layers()) {
            if (layer instanceof BatchNormalization) {
                refresh(network, layer, data);
            }
        }
    }

    private static void refresh(PrunableNetwork network, Layer layer, DataSetIterator data) {
        INDArray mean = layer.getParam(BatchNormalizationParamInitializer.GLOBAL_MEAN);
        Moments moments = new Moments(mean.length());
        data.reset();
        while (data.hasNext()) {
            DataSet batch = data.next();
            moments.add(inputOf(network.model(), layer, batch.getFeatures()));
        }
        mean.assign(moments.mean().reshape(mean.shape()));
        INDArray variance = moments.variance();
        if (layer.paramTable(false).containsKey(BatchNormalizationParamInitializer.GLOBAL_VAR)) {
            INDArray target = layer.getParam(BatchNormalizationParamInitializer.GLOBAL_VAR);
            target.assign(variance.reshape(target.shape()));
        } else {
            INDArray target = layer.getParam(BatchNormalizationParamInitializer.GLOBAL_LOG_STD);
            // the host keeps log10 of the standard deviation
            target.assign(Transforms.log(variance).divi(2 * Math.log(10)).reshape(target.shape()));
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

    /** Sums over examples and positions, in double precision. */
    private static final class Moments {
        private final INDArray sum;
        private final INDArray squares;
        private long count;

        Moments(long features) {
            sum = Nd4j.zeros(DataType.DOUBLE, features);
            squares = sum.dup();
        }

        void add(INDArray input) {
            INDArray rows = rows(input.castTo(DataType.DOUBLE), sum.length()); // [n, features]
            sum.addi(rows.sum(0));
            squares.addi(rows.mul(rows).sum(0));
            count += rows.size(0);
        }

        /** Examples, and positions of images, below each other; channels come second, or last if only that fits. */
        private static INDArray rows(INDArray input, long features) {
            if (input.rank() == 2) {
                return input;
            }
            INDArray last = input;
            if (input.size(1) == features) {
                int[] order = new int[input.rank()];
                for (int i = 1; i < order.length - 1; i++) {
                    order[i] = i + 1;
                }
                order[order.length - 1] = 1;
                last = input.permute(order);
            }
            return last.dup('c').reshape('c', last.length() / features, features);
        }

        INDArray mean() {
            if (count == 0) {
                throw new IllegalArgumentException("data is empty; pass an iterator with at least one example");
            }
            return sum.div(count);
        }

        INDArray variance() {
            INDArray mean = mean();
            return squares.div(count).subi(mean.mul(mean));
        }
    }
}
