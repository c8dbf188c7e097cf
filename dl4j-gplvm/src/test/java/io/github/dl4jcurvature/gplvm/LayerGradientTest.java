/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

import static org.assertj.core.api.Assertions.assertThat;

/** All gradients pass the host's check, by central differences. */
class LayerGradientTest {
    private static final List<String> MANIFOLDS = List.of("R2", "T1", "T2", "S2", "S3", "SO3", "T1xR1");
    private static DataType before;

    @BeforeAll
    static void doublePrecision() {
        before = Nd4j.dataType();
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    }

    @AfterAll
    static void restore() {
        Nd4j.setDefaultDataTypes(before, before);
    }

    private static void check(MultiLayerNetwork network, DataSet data) {
        Set<String> computed = new HashSet<>();
        for (int l = 0; l < network.getnLayers(); l++) {
            if (network.getLayer(l).conf().getLayer() instanceof SparseGpOutputLayer layer && layer.isCollapsed()) {
                computed.add(l + "_" + SparseGpOutputLayer.POSTERIOR_MEAN);
                computed.add(l + "_" + SparseGpOutputLayer.POSTERIOR_FACTOR);
            }
        }
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(network)
                        .input(data.getFeatures())
                        .labels(data.getLabels())
                        .excludeParams(computed)
                        .epsilon(1e-6)
                        .maxRelError(1e-5)
                        .minAbsoluteError(1e-8)))
                .isTrue();
    }

    static Stream<Arguments> models() {
        List<Arguments> models = new ArrayList<>();
        for (String manifold : MANIFOLDS) {
            for (Likelihood likelihood : Likelihood.values()) {
                models.add(Arguments.of(manifold, likelihood, false, false));
                models.add(Arguments.of(manifold, likelihood, true, false));
            }
            models.add(Arguments.of(manifold, Likelihood.GAUSSIAN, false, true));
            models.add(Arguments.of(manifold, Likelihood.GAUSSIAN, true, true));
        }
        return models.stream();
    }

    private static SparseGpOutputLayer neurons(
            Manifold manifold, Likelihood likelihood, boolean shared, boolean collapsed) {
        return LayerCases.neurons(manifold)
                .likelihood(likelihood)
                .sharedKernel(shared)
                .collapsed(collapsed)
                .build();
    }

    @ParameterizedTest(name = "{0}, {1}, shared {2}, collapsed {3}")
    @MethodSource("models")
    void modelsOfFreeLatents(String name, Likelihood likelihood, boolean shared, boolean collapsed) {
        Manifold manifold = Manifold.parse(name);
        MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                new NoOp(),
                LayerCases.latents(manifold).build(),
                neurons(manifold, likelihood, shared, collapsed),
                DataType.DOUBLE));
        check(LayerCases.moved(network, 0.2), LayerCases.data(likelihood.isCount()));
    }

    static Stream<Arguments> modelsWithAnEncoder() {
        List<Arguments> models = new ArrayList<>();
        for (String manifold : List.of("R2", "T1", "S2", "S3", "SO3")) {
            for (boolean shared : new boolean[] {false, true}) {
                models.add(Arguments.of(manifold, Likelihood.POISSON, shared, false));
                models.add(Arguments.of(manifold, Likelihood.GAUSSIAN, shared, false));
                models.add(Arguments.of(manifold, Likelihood.GAUSSIAN, shared, true));
            }
        }
        return models.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, shared {2}, collapsed {3}")
    @MethodSource("modelsWithAnEncoder")
    void modelsWithAnEncoderBelow(String name, Likelihood likelihood, boolean shared, boolean collapsed) {
        Manifold manifold = Manifold.parse(name);
        ManifoldReparameterizationLayer latents = new ManifoldReparameterizationLayer.Builder(manifold)
                .timePoints(LayerCases.TIMES)
                .samples(2)
                .fixedNoise(true)
                .build();
        MultiLayerNetwork network = LayerCases.initialised(
                LayerCases.encoder(new NoOp(), latents, neurons(manifold, likelihood, shared, collapsed)));
        DataSet data = LayerCases.data(likelihood.isCount());
        check(LayerCases.moved(network, 0.1), new DataSet(data.getLabels(), data.getLabels()));
    }

    @ParameterizedTest
    @EnumSource(KernelFamily.class)
    void kernels(KernelFamily family) {
        Manifold manifold = Manifold.parse("T2xR1");
        MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                new NoOp(),
                LayerCases.latents(manifold).build(),
                LayerCases.neurons(manifold).kernel(family).ard(true).build(),
                DataType.DOUBLE));
        check(LayerCases.moved(network, 0.2), LayerCases.data(false));
    }

    static Stream<Arguments> priors() {
        return Stream.of("R2", "T1", "S2", "S3", "SO3", "T1xSO3")
                .flatMap(name -> Stream.of(LatentPrior.values())
                        .filter(prior -> prior != LatentPrior.AUTOREGRESSIVE || !name.equals("S2"))
                        .map(prior -> Arguments.of(name, prior)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("priors")
    void priors(String name, LatentPrior prior) {
        Manifold manifold = Manifold.parse(name);
        MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                new NoOp(),
                LayerCases.latents(manifold).prior(prior).build(),
                LayerCases.neurons(manifold).sharedKernel(true).build(),
                DataType.DOUBLE));
        check(LayerCases.moved(network, 0.2), LayerCases.data(false));
    }

    @ParameterizedTest
    @EnumSource(TangentCovariance.class)
    void covariances(TangentCovariance covariance) {
        Manifold manifold = Manifold.parse("T2");
        MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                new NoOp(),
                LayerCases.latents(manifold).covariance(covariance).build(),
                LayerCases.neurons(manifold).build(),
                DataType.DOUBLE));
        check(LayerCases.moved(network, 0.2), LayerCases.data(false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void missingEntries(boolean collapsed) {
        Manifold manifold = Manifold.circle();
        DataSet data = LayerCases.data(false);
        data.getLabels().putScalar(new int[] {1, 0}, Double.NaN);
        data.getLabels().putScalar(new int[] {4, 0}, Double.NaN);
        data.getLabels().putScalar(new int[] {2, 2}, Double.NaN);
        for (boolean shared : new boolean[] {false, true}) {
            MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                    new NoOp(),
                    LayerCases.latents(manifold).build(),
                    neurons(manifold, Likelihood.GAUSSIAN, shared, collapsed),
                    DataType.DOUBLE));
            check(LayerCases.moved(network, 0.2), data);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void batchesOfSomeTimes(boolean dividedByBatch) {
        Manifold manifold = Manifold.rotations();
        MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                new NoOp(),
                LayerCases.latents(manifold).build(),
                LayerCases.neurons(manifold).build(),
                DataType.DOUBLE));
        network.getLayerWiseConfigurations().getConfs().forEach(conf -> conf.setMiniBatch(dividedByBatch));
        DataSet all = LayerCases.data(false);
        check(LayerCases.moved(network, 0.2), (DataSet) all.getRange(1, 4));
    }
}
