/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network of layers. */
record NetworkModel(Model network) implements CurvatureModel {
    @Override
    public INDArray parameters() {
        return network.params();
    }

    @Override
    public FisherEstimator.Builder fisherEstimator() {
        return FisherEstimator.builder(network);
    }

    @Override
    public FisherPasses fisherPasses() {
        return FisherPasses.of(network);
    }

    @Override
    public FisherPasses fisherPassesForFurtherThread() {
        return FisherPasses.forFurtherThread(network);
    }

    @Override
    public ExampleGradients exampleGradients(CurvatureBatch batch) {
        return ExampleGradients.of(ShadowNetwork.of(network), batch);
    }

    @Override
    public boolean truncatesSequences() {
        if (network instanceof MultiLayerNetwork layers) {
            return layers.getLayerWiseConfigurations().getBackpropType() == BackpropType.TruncatedBPTT;
        }
        return network instanceof ComputationGraph graph
                && graph.getConfiguration().getBackpropType() == BackpropType.TruncatedBPTT;
    }
}
