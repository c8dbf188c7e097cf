/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import io.github.dl4jcurvature.samediff.HostGradient;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

class CorrectedLayersTest {
    private static final INDArray FEATURES = RandomMatrices.gaussian(16, 6, 1);
    private static final INDArray LABELS = RandomMatrices.gaussian(16, 3, 2);

    @TempDir
    private Path directory;

    private static MultiLayerNetwork network(IUpdater updater, WorkspaceMode mode, DataType type) {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .updater(updater)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RiccatiLayer())
                .layer(new GramLayer())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(4)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkspaceMode.class,
            names = {"ENABLED", "NONE"})
    void theHostsGradientCheckPasses(WorkspaceMode mode) {
        DataType before = Nd4j.dataType();
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
        try {
            checkGradients(mode);
        } finally {
            Nd4j.setDefaultDataTypes(before, before);
        }
    }

    private static void checkGradients(WorkspaceMode mode) {
        MultiLayerNetwork network = network(new NoOp(), mode, DataType.DOUBLE);
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(network)
                        .input(FEATURES)
                        .labels(LABELS)
                        .epsilon(1e-6)
                        .maxRelError(1e-5)
                        .minAbsoluteError(1e-7)))
                .isTrue();
        ComputationGraph graph = network.toComputationGraph();
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                        .net(graph)
                        .inputs(new INDArray[] {FEATURES})
                        .labels(new INDArray[] {LABELS})
                        .epsilon(1e-6)
                        .maxRelError(1e-5)
                        .minAbsoluteError(1e-7)))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void trainingDoesNotDependOnWorkspacesAndGoesOnBitForBitAfterSaving(DataType type) throws IOException {
        DataSet data = new DataSet(FEATURES.castTo(type), LABELS.castTo(type));
        MultiLayerNetwork network = network(new Adam(0.01), WorkspaceMode.ENABLED, type);
        MultiLayerNetwork without = network(new Adam(0.01), WorkspaceMode.NONE, type);
        double start = network.score(data);
        for (int i = 0; i < 60; i++) {
            network.fit(data);
            without.fit(data);
        }
        assertThat(network.score(data)).isLessThan(0.7 * start);
        assertThatMatrix(without.params()).isBitEqualTo(network.params());

        File file = directory.resolve("network.zip").toFile();
        network.save(file, true);
        MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
        network.fit(data);
        restored.fit(data);
        assertThatMatrix(restored.params()).isBitEqualTo(network.params());
    }

    /** The host's own class, without correction. */
    public static class Tripled extends SameDiffLambdaLayer {
        private static final long serialVersionUID = 1L;

        @Override
        public InputType getOutputType(int index, InputType input) {
            return input;
        }

        @Override
        public SDVariable defineLayer(SameDiff graph, SDVariable input) {
            return input.mul(3);
        }
    }

    /** The same with correction. */
    public static class CorrectlyTripled extends CorrectedSameDiffLambdaLayer {
        private static final long serialVersionUID = 1L;

        @Override
        public InputType getOutputType(int index, InputType input) {
            return input;
        }

        @Override
        public SDVariable defineOutput(SameDiff graph, SDVariable input) {
            return input.mul(3);
        }
    }

    @Test
    void theCorrectionIsWhatTheHostNeeds() {
        INDArray wrong = biasGradient(new Tripled());
        INDArray right = biasGradient(new CorrectlyTripled());
        assertThatMatrix(wrong).isWithinRelativeFrobenius(right.mul(HostGradient.multiplicity()), 1e-12);
        assertThat(HostGradient.multiplicity()).isEqualTo(2); // 1 where the host is mended: then nothing is corrected
    }

    private static INDArray biasGradient(SameDiffLambdaLayer layer) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(layer)
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(3)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        network.init();
        network.setInput(FEATURES);
        network.setLabels(LABELS);
        network.computeGradientAndScore();
        Map<String, INDArray> gradients = network.gradient().gradientForVariable();
        return gradients.get("0_b").dup();
    }
}
