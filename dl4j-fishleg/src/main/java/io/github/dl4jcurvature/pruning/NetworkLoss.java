/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;

/** Mean loss of a network as it is used after training, at any parameters, on a twin that owns its parameters. */
final class NetworkLoss {
    private final Model twin;

    NetworkLoss(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            MultiLayerNetwork copy =
                    new MultiLayerNetwork(network.getLayerWiseConfigurations().clone());
            copy.init(network.params().dup(), false);
            stripRegularization(copy.getLayers());
            twin = copy;
        } else {
            ComputationGraph copy = new ComputationGraph(
                    ((ComputationGraph) model).getConfiguration().clone());
            copy.init(model.params().dup(), false);
            stripRegularization(copy.getLayers());
            twin = copy;
        }
    }

    private static void stripRegularization(Layer[] layers) {
        for (Layer layer : layers) {
            if (layer.conf() != null && layer.conf().getLayer() instanceof BaseLayer configuration) {
                configuration.setRegularization(new ArrayList<>());
                configuration.setRegularizationBias(new ArrayList<>());
            }
        }
    }

    /** The mean loss over the examples of a labelled batch, inference mode, without regularisation. */
    double at(INDArray parameters, CurvatureBatch batch) {
        twin.params().assign(parameters.reshape(twin.params().shape()));
        if (twin instanceof MultiLayerNetwork network) {
            INDArray[] labels = Objects.requireNonNull(batch.labels(), "labels");
            return network.score(
                    new DataSet(
                            batch.inputs()[0],
                            labels[0],
                            batch.inputMasks() == null ? null : batch.inputMasks()[0],
                            batch.labelMasks() == null ? null : batch.labelMasks()[0]),
                    false);
        }
        return ((ComputationGraph) twin)
                .score(new MultiDataSet(batch.inputs(), batch.labels(), batch.inputMasks(), batch.labelMasks()), false);
    }
}
