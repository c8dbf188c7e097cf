/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** A copy of a network whose gradient is \(J^\top v\) for given v, without dropout and regularisation. */
final class ProbeNetwork {
    private final Model model;

    private ProbeNetwork(Model model) {
        this.model = model;
    }

    static ProbeNetwork of(MultiLayerNetwork network) {
        MultiLayerConfiguration configuration =
                network.getLayerWiseConfigurations().clone();
        configuration.getConfs().forEach(layer -> simplify(layer.getLayer()));
        MultiLayerNetwork copy = new MultiLayerNetwork(configuration);
        copy.init(network.params().dup(), false);
        return new ProbeNetwork(copy);
    }

    static ProbeNetwork of(ComputationGraph graph) {
        if (graph.getNumInputArrays() != 1 || graph.getNumOutputArrays() != 1) {
            throw new IllegalArgumentException(
                    "graph has %d inputs and %d outputs but must have one of each; take a part of it"
                            .formatted(graph.getNumInputArrays(), graph.getNumOutputArrays()));
        }
        ComputationGraphConfiguration configuration = graph.getConfiguration().clone();
        configuration.getVertices().values().forEach(vertex -> {
            if (vertex instanceof LayerVertex layer) {
                simplify(layer.getLayerConf().getLayer());
            }
        });
        ComputationGraph copy = new ComputationGraph(configuration);
        copy.init(graph.params().dup(), false);
        return new ProbeNetwork(copy);
    }

    private static void simplify(Layer layer) {
        layer.setIDropout(null);
        if (layer instanceof BaseLayer base) {
            base.setIUpdater(base.getIUpdater() instanceof NoOp ? new NoOp() : new Sgd());
            base.setBiasUpdater(null);
            base.setRegularization(List.of());
            base.setRegularizationBias(List.of());
            base.setWeightNoise(null);
        }
        if (layer instanceof BaseOutputLayer output) {
            output.setLossFn(new ProbeLoss());
            output.setActivationFn(new ActivationIdentity());
        } else if (layer instanceof LossLayer loss) {
            loss.setLossFn(new ProbeLoss());
            loss.setActivationFn(new ActivationIdentity());
        }
    }

    /** Outputs before the activation, [n, q]. */
    INDArray outputs(INDArray inputs) {
        return model instanceof ComputationGraph graph
                ? graph.outputSingle(false, inputs)
                : ((MultiLayerNetwork) model).output(inputs, false);
    }

    /** \(J^\top v\) for v in the shape of the outputs, a fresh vector [p]. */
    INDArray pullBack(INDArray inputs, INDArray v) {
        if (model instanceof ComputationGraph graph) {
            graph.setInput(0, inputs);
            graph.setLabels(v);
            graph.computeGradientAndScore();
        } else {
            MultiLayerNetwork network = (MultiLayerNetwork) model;
            network.setInput(inputs);
            network.setLabels(v);
            network.computeGradientAndScore();
        }
        INDArray gradient = model.gradient().gradient();
        return gradient.dup('c').reshape('c', new long[] {gradient.length()});
    }

    /** Adds a multiple of a direction to the parameters. */
    void move(INDArray direction, double factor) {
        model.setParams(
                model.params().add(direction.reshape(model.params().shape()).mul(factor)));
    }

    long parameters() {
        return model.numParams();
    }

    double parameterNorm() {
        return model.params().norm2Number().doubleValue();
    }
}
