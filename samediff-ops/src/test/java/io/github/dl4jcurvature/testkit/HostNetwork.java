/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The same small classifier, 5-7-4-3 with tanh and softmax, in either network class of the host. */
enum HostNetwork {
    /** {@link MultiLayerNetwork}. */
    MULTI_LAYER {
        @Override
        Model create(IUpdater updater, DataType type) {
            MultiLayerNetwork network = new MultiLayerNetwork(multiLayer(updater, type));
            network.init();
            return network;
        }

        @Override
        Model restore(byte[] saved) throws IOException {
            return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(saved), true);
        }
    },
    /** {@link ComputationGraph}. */
    GRAPH {
        @Override
        Model create(IUpdater updater, DataType type) {
            ComputationGraph network = new ComputationGraph(graph(updater, type));
            network.init();
            return network;
        }

        @Override
        Model restore(byte[] saved) throws IOException {
            return ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(saved), true);
        }
    };

    static final int INPUTS = 5;
    static final int CLASSES = 3;

    abstract Model create(IUpdater updater, DataType type);

    abstract Model restore(byte[] saved) throws IOException;

    static MultiLayerConfiguration multiLayer(IUpdater updater, DataType type) {
        return global(updater, type)
                .list(dense(INPUTS, 7), dense(7, 4), output())
                .build();
    }

    static ComputationGraphConfiguration graph(IUpdater updater, DataType type) {
        return global(updater, type)
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", dense(INPUTS, 7), "in")
                .addLayer("second", dense(7, 4), "first")
                .addLayer("out", output(), "second")
                .setOutputs("out")
                .build();
    }

    private static NeuralNetConfiguration.Builder global(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder().seed(1).dataType(type).updater(updater);
    }

    private static DenseLayer dense(int inputs, int outputs) {
        return new DenseLayer.Builder()
                .nIn(inputs)
                .nOut(outputs)
                .activation(Activation.TANH)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(4)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }
}
