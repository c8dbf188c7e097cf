/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The layers as parts of networks. */
class GplvmLayersTest {

    private static MultiLayerConfiguration model(Manifold manifold, boolean collapsed, int burnIn) {
        return LayerCases.network(
                new Adam(0.05),
                LayerCases.latents(manifold).fixedNoise(false).burnIn(burnIn).build(),
                LayerCases.neurons(manifold).collapsed(collapsed).burnIn(burnIn).build(),
                DataType.DOUBLE);
    }

    static Stream<Arguments> models() {
        return Stream.of("R2", "T1", "S2", "SO3", "T1xR1")
                .flatMap(name -> Stream.of(Arguments.of(name, false), Arguments.of(name, true)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void configurationsSurviveJsonAndYaml(String name, boolean collapsed) {
        MultiLayerConfiguration configuration = model(Manifold.parse(name), collapsed, 3);
        assertThat(MultiLayerConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
        assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
        assertThat(configuration.clone()).isEqualTo(configuration).hasSameHashCodeAs(configuration);
    }

    @Test
    void configurationsDifferByEveryField() {
        Manifold circle = Manifold.circle();
        assertThat(List.of(
                        LayerCases.neurons(circle).build(),
                        LayerCases.neurons(Manifold.euclidean(1)).build(),
                        LayerCases.neurons(circle).timePoints(7).build(),
                        LayerCases.neurons(circle).burnIn(1).build(),
                        LayerCases.neurons(circle).inducing(4).build(),
                        LayerCases.neurons(circle)
                                .likelihood(Likelihood.POISSON)
                                .build(),
                        LayerCases.neurons(circle)
                                .kernel(KernelFamily.MATERN_32)
                                .build(),
                        LayerCases.neurons(circle).sharedKernel(true).build(),
                        LayerCases.neurons(circle).ard(true).build(),
                        LayerCases.neurons(circle).collapsed(true).build(),
                        LayerCases.neurons(circle).jitter(1e-5).build(),
                        LayerCases.neurons(circle).binWidth(2).build(),
                        LayerCases.neurons(circle).initialLengthScale(2).build(),
                        LayerCases.neurons(circle).initialVariance(2).build(),
                        LayerCases.neurons(circle).initialNoise(2).build(),
                        LayerCases.neurons(circle).threads(2).build()))
                .doesNotHaveDuplicates();
        assertThat(List.of(
                        LayerCases.latents(circle).build(),
                        LayerCases.latents(Manifold.torus(2)).build(),
                        LayerCases.latents(circle).timePoints(7).build(),
                        LayerCases.latents(circle).burnIn(1).build(),
                        LayerCases.latents(circle).samples(3).build(),
                        LayerCases.latents(circle)
                                .covariance(TangentCovariance.DIAGONAL)
                                .build(),
                        LayerCases.latents(circle).prior(LatentPrior.BROWNIAN).build(),
                        LayerCases.latents(circle).smallestDeviation(0.02).build(),
                        LayerCases.latents(circle).initialDeviation(0.5).build(),
                        LayerCases.latents(circle).images(1).build(),
                        LayerCases.latents(circle).fixedNoise(false).build(),
                        LayerCases.latents(circle).threads(2).build()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("models")
    void trainingGoesOnBitByBitAfterAFile(String name, boolean collapsed, @TempDir Path directory) throws IOException {
        MultiLayerNetwork network = LayerCases.initialised(model(Manifold.parse(name), collapsed, 3));
        DataSet data = LayerCases.data(false);
        LayerCases.assertGoesOnAfterAFile(
                network, data, directory.resolve("model.zip").toFile());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void graphsTrainLikeNetworks(boolean collapsed) {
        Manifold manifold = Manifold.circle();
        MultiLayerNetwork network = LayerCases.initialised(model(manifold, collapsed, 2));
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.05))
                .graphBuilder()
                .addInputs("time")
                .addLayer(
                        "latents",
                        LayerCases.latents(manifold).fixedNoise(false).burnIn(2).build(),
                        "time")
                .addLayer(
                        "neurons",
                        LayerCases.neurons(manifold)
                                .nIn(2)
                                .collapsed(collapsed)
                                .burnIn(2)
                                .build(),
                        "latents")
                .setOutputs("neurons")
                .build();
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        DataSet data = LayerCases.data(false);
        for (int i = 0; i < 6; i++) {
            network.fit(data);
            graph.fit(data);
        }
        assertThat(graph.params()).isEqualTo(network.params());
        assertThat(graph.score()).isCloseTo(network.score(), within(1e-12));
    }

    private static ComputationGraphConfiguration graph(
            String name, LatentPrior prior, boolean collapsed, boolean encoder) {
        Manifold manifold = Manifold.parse(name);
        ComputationGraphConfiguration.GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.05))
                .graphBuilder()
                .addInputs("in");
        if (encoder) {
            ManifoldReparameterizationLayer latents = new ManifoldReparameterizationLayer.Builder(manifold)
                    .timePoints(LayerCases.TIMES)
                    .samples(2)
                    .prior(prior)
                    .build();
            builder.addLayer(
                            "encoder",
                            new DenseLayer.Builder()
                                    .nOut(latents.inputs())
                                    .activation(Activation.TANH)
                                    .biasInit(0.2)
                                    .build(),
                            "in")
                    .addLayer("latents", latents, "encoder");
        } else {
            builder.addLayer(
                    "latents",
                    LayerCases.latents(manifold)
                            .prior(prior)
                            .fixedNoise(false)
                            .burnIn(2)
                            .build(),
                    "in");
        }
        return builder.addLayer(
                        "neurons",
                        LayerCases.neurons(manifold).collapsed(collapsed).build(),
                        "latents")
                .setOutputs("neurons")
                .setInputTypes(InputType.feedForward(encoder ? LayerCases.NEURONS : 1))
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "T1, UNIFORM, true, false",
        "SO3, BROWNIAN, false, false",
        "T1xR1, AUTOREGRESSIVE, true, false",
        "T1, BROWNIAN, true, true",
        "S2, UNIFORM, false, true"
    })
    void graphsSurviveJsonYamlAndFiles(
            String name, LatentPrior prior, boolean collapsed, boolean encoder, @TempDir Path directory)
            throws IOException {
        ComputationGraphConfiguration configuration = graph(name, prior, collapsed, encoder);
        assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
                .isEqualTo(configuration);
        assertThat(ComputationGraphConfiguration.fromYaml(configuration.toYaml()))
                .isEqualTo(configuration);
        assertThat(configuration.clone()).isEqualTo(configuration);
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        DataSet free = LayerCases.data(false);
        DataSet data = encoder ? new DataSet(free.getLabels(), free.getLabels()) : free;
        for (int i = 0; i < 4; i++) {
            graph.fit(data);
        }
        File file = directory.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(graph, file, true);
        ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
        assertThat(restored.getConfiguration()).isEqualTo(graph.getConfiguration());
        assertThat(restored.outputSingle(data.getFeatures())).isEqualTo(graph.outputSingle(data.getFeatures()));
        for (int i = 0; i < 4; i++) {
            graph.fit(data);
            restored.fit(data);
        }
        assertThat(restored.params()).isEqualTo(graph.params());
        assertThat(restored.score()).isEqualTo(graph.score());
        assertThat(restored.outputSingle(data.getFeatures())).isEqualTo(graph.outputSingle(data.getFeatures()));
    }

    @Test
    void variancesStayDuringTheBurnIn() {
        MultiLayerNetwork network = LayerCases.initialised(model(Manifold.circle(), true, 3));
        INDArray spread = network.getParam("0_spread").dup();
        INDArray variance = network.getParam("1_variance").dup();
        INDArray noise = network.getParam("1_likelihood").dup();
        DataSet data = LayerCases.data(false);
        for (int i = 0; i < 3; i++) {
            network.fit(data);
        }
        assertThat(network.getParam("0_spread")).isEqualTo(spread);
        assertThat(network.getParam("1_variance")).isEqualTo(variance);
        assertThat(network.getParam("1_likelihood")).isNotEqualTo(noise);
        network.fit(data);
        assertThat(network.getParam("0_spread")).isNotEqualTo(spread);
        assertThat(network.getParam("1_variance")).isNotEqualTo(variance);
    }

    @Test
    void aMaskIsAMissingEntry() {
        MultiLayerNetwork masked = LayerCases.initialised(model(Manifold.circle(), true, 0));
        MultiLayerNetwork missing = LayerCases.initialised(model(Manifold.circle(), true, 0));
        DataSet data = LayerCases.data(false);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, LayerCases.TIMES, LayerCases.NEURONS);
        mask.putScalar(2, 1, 0);
        INDArray holes = data.getLabels().dup();
        holes.putScalar(2, 1, Double.NaN);
        masked.fit(new DataSet(data.getFeatures(), data.getLabels(), null, mask));
        missing.fit(new DataSet(data.getFeatures(), holes));
        assertThat(masked.params()).isEqualTo(missing.params());
    }

    @Test
    void batchesOfTimesAddUpToTheGradientOfAll() {
        Manifold manifold = Manifold.circle();
        DataSet data = LayerCases.data(false);
        MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                new Sgd(1),
                LayerCases.latents(manifold).build(),
                LayerCases.neurons(manifold).build(),
                DataType.DOUBLE));
        INDArray all = gradient(network, data);
        INDArray halves = gradient(network, (DataSet) data.getRange(0, 3))
                .add(gradient(network, (DataSet) data.getRange(3, 6)))
                .mul(0.5);
        assertThat(halves.equalsWithEps(all, 1e-10)).isTrue();
    }

    private static INDArray gradient(MultiLayerNetwork network, DataSet data) {
        network.setInput(data.getFeatures());
        network.setLabels(data.getLabels());
        network.computeGradientAndScore();
        return network.gradient().gradient().dup();
    }

    @Test
    void predictionsComeFromTheMeans() {
        MultiLayerNetwork network = LayerCases.initialised(model(Manifold.circle(), true, 0));
        DataSet data = LayerCases.data(false);
        network.fit(data);
        INDArray output = network.output(data.getFeatures());
        assertThat(output.shape()).containsExactly(LayerCases.TIMES, LayerCases.NEURONS);
        assertThat(network.output(data.getFeatures())).isEqualTo(output);
    }

    @Test
    void badInputIsRefusedAndLeavesTheModelAsItWas() {
        Manifold circle = Manifold.circle();
        DataSet data = LayerCases.data(false);
        MultiLayerNetwork network = LayerCases.initialised(model(circle, true, 0));
        INDArray before = network.params().dup();
        INDArray wrongIndex = data.getFeatures().dup().putScalar(1, 0, 6);
        assertThatThrownBy(() -> network.fit(new DataSet(wrongIndex, data.getLabels())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6.0 in row 1")
                .hasMessageContaining("0 to 5");
        assertThatThrownBy(() -> network.fit((DataSet) data.getRange(0, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 times")
                .hasMessageContaining("collapsed(false)");
        INDArray infinite = data.getLabels().dup().putScalar(1, 0, Double.POSITIVE_INFINITY);
        assertThatThrownBy(() -> network.fit(new DataSet(data.getFeatures(), infinite)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("time 1, neuron 0");
        assertThat(network.params()).isEqualTo(before);
        assertThatThrownBy(() -> LayerCases.initialised(LayerCases.network(
                        new Adam(),
                        LayerCases.latents(circle).build(),
                        LayerCases.neurons(circle).build(),
                        DataType.FLOAT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOAT")
                .hasMessageContaining(".dataType(DataType.DOUBLE)");
        assertThatThrownBy(() -> LayerCases.initialised(LayerCases.network(
                        new Adam(),
                        LayerCases.latents(circle).build(),
                        LayerCases.neurons(circle).inducing(7).build(),
                        DataType.DOUBLE)))
                .hasMessageContaining("inducing")
                .hasMessageContaining("7");
        assertThatThrownBy(() -> LayerCases.initialised(LayerCases.network(
                        new Adam(),
                        LayerCases.latents(circle).build(),
                        LayerCases.neurons(circle)
                                .collapsed(true)
                                .likelihood(Likelihood.POISSON)
                                .build(),
                        DataType.DOUBLE)))
                .hasMessageContaining("POISSON");
        for (int size : new int[] {0, -1}) { // the host asks for the number of parameters before it makes layers
            assertThatThrownBy(() -> LayerCases.initialised(LayerCases.network(
                            new Adam(),
                            LayerCases.latents(circle).build(),
                            LayerCases.neurons(circle).inducing(size).build(),
                            DataType.DOUBLE)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("inducing")
                    .hasMessageContaining("must be positive");
        }
        assertThatThrownBy(() -> LayerCases.neurons(circle).distance(KernelDistance.GEODESIC))
                .hasMessageContaining("CHORDAL");
        assertThatThrownBy(() -> LayerCases.initialised(LayerCases.network(
                        new Adam(),
                        LayerCases.latents(Manifold.sphere2())
                                .prior(LatentPrior.AUTOREGRESSIVE)
                                .build(),
                        LayerCases.neurons(Manifold.sphere2()).build(),
                        DataType.DOUBLE)))
                .hasMessageContaining("BROWNIAN");
        assertThatThrownBy(() -> Manifold.parse("T1xQ3")).hasMessageContaining("T1xQ3");
        MultiLayerNetwork counts = LayerCases.initialised(LayerCases.network(
                new Adam(),
                LayerCases.latents(circle).build(),
                LayerCases.neurons(circle).likelihood(Likelihood.POISSON).build(),
                DataType.DOUBLE));
        assertThatThrownBy(() -> counts.fit(data)).hasMessageContaining("count of at least 0");
    }
}
