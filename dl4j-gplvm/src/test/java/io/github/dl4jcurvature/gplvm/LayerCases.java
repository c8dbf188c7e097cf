/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.File;
import java.io.IOException;
import java.util.SplittableRandom;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThat;

/** Small networks and data. */
final class LayerCases {
    static final int TIMES = 6;
    static final int NEURONS = 3;

    private LayerCases() {}

    static ManifoldLatentLayer.Builder latents(Manifold manifold) {
        return new ManifoldLatentLayer.Builder(manifold)
                .timePoints(TIMES)
                .samples(2)
                .initialDeviation(0.4)
                .fixedNoise(true);
    }

    static SparseGpOutputLayer.Builder neurons(Manifold manifold) {
        return new SparseGpOutputLayer.Builder(manifold)
                .timePoints(TIMES)
                .nOut(NEURONS)
                .inducing(3)
                .initialNoise(0.7)
                .threads(1);
    }

    /** Trains, saves and restores a network: both give the same bits, and go on with the same bits. */
    static void assertGoesOnAfterAFile(MultiLayerNetwork network, DataSet data, File file) throws IOException {
        for (int i = 0; i < 5; i++) {
            network.fit(data);
        }
        network.save(file, true);
        MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
        assertThat(restored.output(data.getFeatures())).isEqualTo(network.output(data.getFeatures()));
        assertThat(restored.score(data)).isEqualTo(network.score(data));
        for (int i = 0; i < 5; i++) {
            network.fit(data);
            restored.fit(data);
        }
        assertThat(restored.params()).isEqualTo(network.params());
        assertThat(restored.score()).isEqualTo(network.score());
        assertThat(restored.output(data.getFeatures())).isEqualTo(network.output(data.getFeatures()));
    }

    static MultiLayerConfiguration network(
            IUpdater updater, LatentLayer latents, SparseGpOutputLayer neurons, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .updater(updater)
                .list()
                .layer(latents)
                .layer(neurons)
                .setInputType(InputType.feedForward(1))
                .build();
    }

    static MultiLayerConfiguration encoder(
            IUpdater updater, ManifoldReparameterizationLayer latents, SparseGpOutputLayer neurons) {
        return encoder(updater, latents, neurons, 5);
    }

    static MultiLayerConfiguration encoder(
            IUpdater updater, ManifoldReparameterizationLayer latents, SparseGpOutputLayer neurons, int hidden) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nOut(hidden).build())
                .layer(new DenseLayer.Builder()
                        .nOut(latents.inputs())
                        .activation(Activation.IDENTITY)
                        .biasInit(0.2)
                        .build())
                .layer(latents)
                .layer(neurons)
                .setInputType(InputType.feedForward(neurons.getNOut()))
                .build();
    }

    static MultiLayerNetwork initialised(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    /** Moves all parameters a little, so that nothing is at a special place. */
    static MultiLayerNetwork moved(MultiLayerNetwork network, double size) {
        SplittableRandom random = new SplittableRandom(7);
        double[] shift = new double[(int) network.numParams()];
        for (int i = 0; i < shift.length; i++) {
            shift[i] = size * random.nextGaussian();
        }
        network.params()
                .addi(Nd4j.createFromArray(shift).reshape(network.params().shape()));
        return network;
    }

    static INDArray indices(int times) {
        double[][] rows = new double[times][1];
        for (int t = 0; t < times; t++) {
            rows[t][0] = t;
        }
        return Nd4j.createFromArray(rows);
    }

    static DataSet data(boolean counts) {
        SplittableRandom random = new SplittableRandom(11);
        double[][] values = new double[TIMES][NEURONS];
        for (double[] row : values) {
            for (int n = 0; n < NEURONS; n++) {
                row[n] = counts ? random.nextInt(4) : random.nextGaussian();
            }
        }
        return new DataSet(indices(TIMES), Nd4j.createFromArray(values));
    }
}
