/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.testkit.FiniteDifferences;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** FishLeg on every kind of layer. */
class FishLegLayersTest {

    static Stream<Arguments> settings() {
        List<FishLegBuilder> variants = List.of(
                FishLeg.builder(),
                FishLeg.builder().form(FishLeg.Form.SCALED_KRONECKER).startAsInverseDiagonal(),
                FishLeg.builder().separateGates(true).maxDimension(9).probe(FishLeg.Probe.GAUSSIAN),
                FishLeg.builder()
                        .startAsInverseDiagonal()
                        .pretrain(4)
                        .probe(FishLeg.Probe.GRADIENT_AVERAGE)
                        .auxiliarySteps(2));
        return LayerCases.all()
                .flatMap(network -> variants.stream()
                        .map(variant ->
                                arguments(network, variant.updateEvery(2).build())));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void trainsAndGoesOnBitForBitAfterLoading(LayerCases layers, FishLeg updater, @TempDir Path directory)
            throws Exception {
        MultiLayerNetwork whole = layers.network(updater.clone());
        double before = whole.score(layers.batch(0), true);
        whole.setListeners(new CurvatureListener());
        fit(whole, layers, 0, 6);
        File file = directory.resolve("model.zip").toFile();
        ModelSerializer.writeModel(whole, file, true);
        fit(whole, layers, 6, 12);

        MultiLayerNetwork loaded = ModelSerializer.restoreMultiLayerNetwork(file, true);
        loaded.setListeners(new CurvatureListener());
        fit(loaded, layers, 6, 12);

        assertThatMatrix(loaded.params()).isBitEqualTo(whole.params());
        assertThat(whole.score(layers.batch(0), true)).isLessThan(before);
    }

    @ParameterizedTest
    @EnumSource(LayerCases.class)
    void graphsAndMultiLayerNetworksTakeTheSameSteps(LayerCases layers) {
        FishLeg updater = FishLeg.builder().updateEvery(2).build();
        MultiLayerNetwork network = layers.network(updater.clone());
        ComputationGraph graph = layers.graph(updater.clone());
        network.setListeners(new CurvatureListener());
        graph.setListeners(new CurvatureListener());
        fit(network, layers, 0, 6);
        for (int i = 0; i < 6; i++) {
            graph.fit(layers.batch(i % 4));
        }
        assertThatMatrix(graph.params()).isWithinRelativeFrobenius(network.params(), 1e-12);
    }

    /** Q of a layer in the order of the host's memory, from its factors and the host's own view of each parameter. */
    @ParameterizedTest
    @EnumSource(
            value = LayerCases.class,
            names = {"CONVOLUTION", "SIMPLE_RNN", "LSTM_LAYER", "EMBEDDING"})
    void blocksActOnJointMatricesOfTheHostsParameters(LayerCases layers) {
        MultiLayerNetwork network = layers.network(new Sgd());
        LearnedInverseFisher zero = inverse(network, null);
        INDArray state = RandomMatrices.gaussian(new long[] {zero.state().length()}, 5);
        LearnedInverseFisher inverse = inverse(network, state);
        INDArray v = RandomMatrices.gaussian(new long[] {network.numParams()}, 6);
        MultiLayerNetwork arguments = layers.network(new Sgd());
        arguments.setParams(v.reshape(1, v.length()));
        MultiLayerNetwork images = layers.network(new Sgd());
        images.setParams(inverse.multiply(v).reshape(1, v.length()));

        LayerParameters first = LayerParameters.of(network).get(0).parameters();
        BlockPlan plan = BlockPlan.of(first, new BlockShape(FishLeg.Form.KRONECKER, false, 10_000), false);
        INDArray lambda = Factors.slice(state, BlockPlan.HEADER + first.length(), plan.factors());
        INDArray u = joint(arguments.getLayer(0).paramTable());
        long o = u.size(0);
        long i = u.size(1);
        boolean lookup = layers == LayerCases.EMBEDDING;
        INDArray l = lookup ? Nd4j.diag(Factors.slice(lambda, 0, i)) : Factors.matrix(lambda, 0, i, i);
        INDArray r = Factors.matrix(lambda, lookup ? i : i * i, o, o);
        INDArray expected = r.transpose().mmul(r).mmul(u).mmul(l.mmul(l.transpose()));

        assertThatMatrix(joint(images.getLayer(0).paramTable())).isWithinRelativeFrobenius(expected, 1e-12);
    }

    /** Weights as [outputs, inputs] side by side, the bias last. */
    private static INDArray joint(Map<String, INDArray> parameters) {
        INDArray weights = parameters.get("W");
        INDArray result = weights.rank() == 4
                ? weights.dup('c').reshape('c', weights.size(0), weights.length() / weights.size(0))
                : weights.transpose();
        if (parameters.containsKey("RW")) {
            result = Nd4j.hstack(result, parameters.get("RW").transpose());
        }
        return parameters.containsKey("b")
                ? Nd4j.hstack(result, parameters.get("b").reshape(result.size(0), 1))
                : result;
    }

    private static LearnedInverseFisher inverse(MultiLayerNetwork network, INDArray state) {
        return LearnedInverseFisher.builder(network)
                .form(FishLeg.Form.KRONECKER)
                .state(state)
                .build();
    }

    @Test
    void aBlockForEachGateIsTheJointBlockWithoutCouplingOfGates() {
        LayerParameters lstm = LayerParameters.of(LayerCases.LSTM_LAYER.network(new Sgd()))
                .get(0)
                .parameters();
        List<SubBlockPlan> gates = SubBlockPlan.of(lstm, new BlockShape(FishLeg.Form.KRONECKER, true, 10_000));
        SubBlockPlan joint = SubBlockPlan.of(lstm, new BlockShape(FishLeg.Form.KRONECKER, false, 10_000))
                .get(0);
        assertThat(gates).hasSize(4).allMatch(gate -> gate.rows() == 4 && gate.joint() == 3 + 4 + 1);
        assertThat(joint.rows()).isEqualTo(16);
        INDArray v = RandomMatrices.gaussian(new long[] {lstm.length()}, 1);
        BlockPlan whole = new BlockPlan("lstm", new long[] {v.length()}, List.of(joint), false);
        BlockPlan split = new BlockPlan("lstm", new long[] {v.length()}, gates, false);
        JointMatrix matrix = new JointMatrix(DataType.DOUBLE, joint);
        matrix.read(BlockVector.of(v, whole).blocks().get(0));
        for (int gate = 0; gate < 4; gate++) {
            JointMatrix rows = new JointMatrix(DataType.DOUBLE, gates.get(gate));
            rows.read(BlockVector.of(v, split).blocks().get(gate));
            assertThatMatrix(rows.matrix())
                    .isBitEqualTo(matrix.matrix()
                            .get(NDArrayIndex.interval(4 * gate, 4 * gate + 4), NDArrayIndex.all())
                            .dup('c'));
        }
    }

    @Test
    void learnsTheDampedInverseOfTheLivingPart() {
        MultiLayerNetwork network = LayerCases.NORMALISED.network(new Sgd());
        CurvatureBatch batch = CurvatureBatch.of(LayerCases.NORMALISED.batch(1));
        INDArray alive = Nd4j.ones(DataType.DOUBLE, network.numParams());
        for (int i = 0; i < 30; i += 3) {
            alive.putScalar(i, 0);
        }
        LearnedInverseFisher inverse =
                LearnedInverseFisher.builder(network).damping(0.1).build();
        inverse.restrictTo(alive);
        inverse.learn(number -> batch, 20, 1e-2, 1e-2);
        double early = inverse.objective();
        inverse.learn(number -> batch, 600, 1e-2, 0);

        assertThat(inverse.objective()).isLessThan(early).isNegative();
        INDArray v = RandomMatrices.gaussian(new long[] {network.numParams()}, 2);
        INDArray dead = alive.rsub(1);
        assertThat(inverse.multiply(v).mul(dead).norm2Number().doubleValue()).isZero();
        assertThatMatrix(inverse.multiply(v.mul(alive))).isBitEqualTo(inverse.multiply(v));
        assertThat(inverse.diagonal().mul(dead).norm2Number().doubleValue()).isZero();

        LearnedInverseFisher restored = LearnedInverseFisher.builder(network)
                .damping(0.1)
                .state(inverse.state())
                .build();
        restored.restrictTo(alive);
        inverse.learn(number -> batch, 5, 1e-3, 1e-3);
        restored.learn(number -> batch, 5, 1e-3, 1e-3);
        assertThatMatrix(restored.state()).isBitEqualTo(inverse.state());
    }

    @Test
    void excludedLayersAreSteppedByMomentumAndUnknownPatternsAreRefused() {
        FishLeg none = FishLeg.builder()
                .excludeLayers(".*")
                .weightDecay(0)
                .momentum(0)
                .startAsSgd(0.05)
                .stepBound(1e6)
                .build();
        MultiLayerNetwork excluded = LayerCases.NORMALISED.network(none);
        MultiLayerNetwork descended = LayerCases.NORMALISED.network(new Sgd(0.05));
        excluded.setListeners(new CurvatureListener());
        fit(excluded, LayerCases.NORMALISED, 0, 3);
        fit(descended, LayerCases.NORMALISED, 0, 3);
        assertThatMatrix(excluded.params()).isWithinRelativeFrobenius(descended.params(), 1e-12);

        MultiLayerNetwork wrong = LayerCases.NORMALISED.network(
                FishLeg.builder().includeLayers("layer0", "conv.*").build());
        wrong.setListeners(new CurvatureListener());
        assertThatThrownBy(() -> fit(wrong, LayerCases.NORMALISED, 0, 1))
                .hasMessageContaining("'conv.*'")
                .hasMessageContaining("layer0");
        assertThatThrownBy(() -> FishLeg.builder().includeLayers("(")).hasMessageContaining("not a regular expression");
        assertThatThrownBy(() -> FishLeg.builder().maxDimension(0)).hasMessageContaining("maxDimension");
        assertThatThrownBy(() -> FishLeg.builder().pretrain(-1)).hasMessageContaining("steps");
    }

    @Test
    void diagonalSidesAreTheFullOnesWithDiagonalFactors() {
        for (boolean outputs : new boolean[] {true, false}) {
            for (boolean inputs : new boolean[] {true, false}) {
                for (FishLeg.Form form : FishLeg.Form.values()) {
                    assertSides(outputs, inputs, form);
                }
            }
        }
    }

    private static void assertSides(boolean diagonalOutputs, boolean diagonalInputs, FishLeg.Form form) {
        SubBlockPlan plan = new SubBlockPlan(3, new long[] {0}, new long[] {4}, diagonalOutputs, diagonalInputs, form);
        INDArray lambda = RandomMatrices.gaussian(new long[] {plan.factors()}, 3);
        INDArray u = RandomMatrices.gaussian(3, 4, 4);
        INDArray t = RandomMatrices.gaussian(3, 4, 5);
        InverseFisher inverse = plan.inverse(lambda);
        inverse.refresh();
        INDArray dense = dense(diagonalOutputs, diagonalInputs, form, lambda);
        INDArray product = u.like();
        inverse.apply(u, product);
        assertThatMatrix(product.reshape(12, 1)).isWithinRelativeFrobenius(dense.mmul(u.reshape(12, 1)), 1e-13);
        assertThatMatrix(inverse.diagonal().reshape(12)).isWithinRelativeFrobenius(Nd4j.diag(dense), 1e-13);
        INDArray gradient = lambda.like();
        inverse.factorGradient(u, t, gradient);
        INDArray expected = FiniteDifferences.gradient(
                point -> dense(diagonalOutputs, diagonalInputs, form, point)
                        .mmul(u.reshape(12, 1))
                        .mul(t.reshape(12, 1))
                        .sumNumber()
                        .doubleValue(),
                lambda);
        assertThatMatrix(gradient).isWithinRelativeFrobenius(expected, 1e-8); // accuracy of the differences

        INDArray wished = RandomMatrices.uniform(new long[] {3, 1}, 6)
                .addi(0.5)
                .mmul(RandomMatrices.uniform(new long[] {1, 4}, 7).addi(0.5));
        inverse.initialise(wished);
        inverse.refresh();
        assertThatMatrix(inverse.diagonal()).isWithinRelativeFrobenius(wished, 1e-12); // of rank one, so attainable
    }

    private static INDArray dense(boolean diagonalOutputs, boolean diagonalInputs, FishLeg.Form form, INDArray lambda) {
        long left = diagonalInputs ? 4 : 16;
        INDArray l = diagonalInputs ? Nd4j.diag(Factors.slice(lambda, 0, 4).dup()) : Factors.matrix(lambda, 0, 4, 4);
        INDArray r =
                diagonalOutputs ? Nd4j.diag(Factors.slice(lambda, left, 3).dup()) : Factors.matrix(lambda, left, 3, 3);
        INDArray q = kronecker(r.transpose().mmul(r), l.mmul(l.transpose()));
        if (form == FishLeg.Form.KRONECKER) {
            return q;
        }
        INDArray s = Factors.slice(lambda, left + (diagonalOutputs ? 3 : 9), 12).dup();
        return q.mulColumnVector(s.reshape(12, 1)).mulRowVector(s);
    }

    private static INDArray kronecker(INDArray m, INDArray p) {
        INDArray result = Nd4j.zeros(DataType.DOUBLE, m.size(0) * p.size(0), m.size(1) * p.size(1));
        for (long i = 0; i < result.size(0); i++) {
            for (long j = 0; j < result.size(1); j++) {
                result.putScalar(
                        i, j, m.getDouble(i / p.size(0), j / p.size(1)) * p.getDouble(i % p.size(0), j % p.size(1)));
            }
        }
        return result;
    }

    private static void fit(MultiLayerNetwork network, LayerCases layers, int from, int to) {
        for (int i = from; i < to; i++) {
            network.fit(layers.batch(i % 4));
        }
    }
}
