/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.IOException;
import java.nio.file.Path;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;

/** Latents that an encoder computes from the data of their times. */
class AmortisedLatentsTest {
    private static final int SEEN = 80;
    private static final int NEW = 30;

    private static MultiLayerNetwork network(Manifold manifold, LatentPrior prior, boolean collapsed) {
        ManifoldReparameterizationLayer latents = new ManifoldReparameterizationLayer.Builder(manifold)
                .timePoints(LayerCases.TIMES)
                .samples(3)
                .burnIn(2)
                .prior(prior)
                .build();
        return LayerCases.initialised(LayerCases.encoder(
                new Adam(0.02),
                latents,
                LayerCases.neurons(manifold).collapsed(collapsed).burnIn(2).build()));
    }

    private static DataSet data() {
        INDArray values = LayerCases.data(false).getLabels();
        return new DataSet(values, values);
    }

    @ParameterizedTest
    @CsvSource({"R2, GAUSSIAN", "T1, BROWNIAN", "S2, UNIFORM", "SO3, AUTOREGRESSIVE", "T1xR1, UNIFORM"})
    void configurationsSurviveJsonAndYaml(String name, LatentPrior prior) {
        MultiLayerConfiguration configuration =
                network(Manifold.parse(name), prior, false).getLayerWiseConfigurations();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
        assertThat(read).isEqualTo(configuration);
        assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
        assertThat(configuration.clone()).isEqualTo(configuration).hasSameHashCodeAs(configuration);
        ManifoldReparameterizationLayer layer =
                (ManifoldReparameterizationLayer) read.getConf(2).getLayer();
        assertThat(layer.getManifold()).isEqualTo(Manifold.parse(name));
        assertThat(layer.getPrior()).isEqualTo(prior);
        assertThat(layer.getSamples()).isEqualTo(3);
        assertThat(layer.getBurnIn()).isEqualTo(2);
        assertThat(layer.getTimePoints()).isEqualTo(LayerCases.TIMES);
    }

    @ParameterizedTest
    @CsvSource({
        "R2, GAUSSIAN, false",
        "T1, BROWNIAN, true",
        "S2, UNIFORM, true",
        "SO3, AUTOREGRESSIVE, false",
        "T1xR1, UNIFORM, true"
    })
    void trainingGoesOnBitByBitAfterAFile(String name, LatentPrior prior, boolean collapsed, @TempDir Path directory)
            throws IOException {
        MultiLayerNetwork network = network(Manifold.parse(name), prior, collapsed);
        DataSet data = data();
        LayerCases.assertGoesOnAfterAFile(
                network, data, directory.resolve("model.zip").toFile());
    }

    /**
     * Times the network has not seen need no fit. For two seeds the score fell from 17.7 to 2.9 and 3.4 nats in 400 iterations, the
     * agreement of latents of new times with the true ones rose to .94 and .95, and what predictions of new times leave
     * unexplained of the rates fell to a tenth of the variance of the data.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void trainingFindsTheSphereAndTheLatentsOfNewTimes(long seed) {
        Manifold sphere = Manifold.sphere2();
        SyntheticNeurons neurons = SyntheticNeurons.draw(sphere, 30, SEEN + NEW, seed);
        INDArray seen = rows(neurons.data(), 0, SEEN);
        INDArray unseen = rows(neurons.data(), SEEN, SEEN + NEW);
        MultiLayerNetwork network = LayerCases.initialised(LayerCases.encoder(
                new Adam(0.01),
                new ManifoldReparameterizationLayer.Builder(sphere)
                        .timePoints(SEEN)
                        .samples(4)
                        .initialDeviation(0.5)
                        .build(),
                new SparseGpOutputLayer.Builder(sphere)
                        .nOut(30)
                        .timePoints(SEEN)
                        .inducing(20)
                        .sharedKernel(true)
                        .collapsed(true)
                        .initialNoise(0.4)
                        .build(),
                30));
        assertThat(agreement(network, sphere, neurons)).isLessThan(0.6);
        DataSet data = new DataSet(seen, seen);
        network.fit(data);
        assertThat(network.score()).isGreaterThan(15);
        for (int i = 0; i < 400; i++) {
            network.fit(data);
        }
        assertThat(network.score()).isLessThan(5);
        assertThat(agreement(network, sphere, neurons)).isGreaterThan(0.85);

        INDArray predicted = network.output(unseen);
        assertThat(squares(predicted.sub(rows(neurons.rates(), SEEN, SEEN + NEW))))
                .isLessThan(0.25 * squares(unseen.sub(unseen.mean(0))));
        assertThat(network.output(rows(unseen, 3, 4)).equalsWithEps(rows(predicted, 3, 4), 1e-12))
                .isTrue();
    }

    /** Of the latents of new times, of which all samples are the mean. */
    private static double agreement(MultiLayerNetwork network, Manifold manifold, SyntheticNeurons neurons) {
        INDArray tiled = network.feedForwardToLayer(2, rows(neurons.data(), SEEN, SEEN + NEW))
                .get(3);
        int e = manifold.embeddingSize();
        INDArray means =
                tiled.get(NDArrayIndex.all(), NDArrayIndex.interval(0, e)).dup();
        assertThat(tiled.shape()).containsExactly(NEW, 4L * e);
        assertThat(tiled.get(NDArrayIndex.all(), NDArrayIndex.interval(3L * e, 4L * e))
                        .dup())
                .isEqualTo(means);
        return LatentAlignment.of(manifold, means, rows(neurons.latents(), SEEN, SEEN + NEW))
                .agreement();
    }

    private static double squares(INDArray values) {
        double norm = values.norm2Number().doubleValue();
        return norm * norm;
    }

    private static INDArray rows(INDArray data, int from, int to) {
        return data.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup();
    }
}
