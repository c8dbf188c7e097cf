/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff.layers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Equations inside vertices of both kinds and inside the loss of an output layer. */
class EquationVerticesTest {
    private static final INDArray FEATURES = RandomMatrices.gaussian(8, 6, 1);
    private static final INDArray LABELS = RandomMatrices.gaussian(8, 4, 2);

    @TempDir
    private Path directory;

    private static ComputationGraph graph(IUpdater updater) {
        DenseLayer.Builder dense = new DenseLayer.Builder().nIn(6).nOut(4).activation(Activation.TANH);
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer("left", dense.build(), "in")
                .addLayer("right", dense.build(), "in")
                .addVertex("moments", new MomentsVertex(), "left", "right")
                .addVertex("sum", new SumVertex(), "moments")
                .addLayer("out", new QuadraticOutputLayer(), "sum")
                .setOutputs("out")
                .build();
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }

    @Test
    void theHostsGradientCheckPasses() {
        DataType before = Nd4j.dataType();
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
        try {
            assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                            .net(graph(new NoOp()))
                            .inputs(new INDArray[] {FEATURES})
                            .labels(new INDArray[] {LABELS})
                            .epsilon(1e-6)
                            .maxRelError(1e-5)
                            .minAbsoluteError(1e-7)))
                    .isTrue();
        } finally {
            Nd4j.setDefaultDataTypes(before, before);
        }
    }

    /** The host's own vertices return what they computed in the first iteration, or zeros. */
    @Test
    void everyIterationHasItsOwnGradient() {
        ComputationGraph graph = graph(new NoOp());
        INDArray first = gradient(graph, FEATURES);
        INDArray other = gradient(graph, FEATURES.mul(2));
        assertThatMatrix(gradient(graph, FEATURES)).isBitEqualTo(first);
        assertThatMatrix(gradient(graph(new NoOp()), FEATURES.mul(2))).isBitEqualTo(other);
        assertThat(other.distance2(first)).isPositive();
    }

    private static INDArray gradient(ComputationGraph graph, INDArray features) {
        graph.setInputs(features);
        graph.setLabels(LABELS);
        graph.computeGradientAndScore();
        return graph.getFlattenedGradients().dup();
    }

    @Test
    void trainingGoesOnBitForBitAfterSaving() throws IOException {
        DataSet data = new DataSet(FEATURES, LABELS);
        ComputationGraph graph = graph(new Adam(0.01));
        double start = graph.score(data);
        for (int i = 0; i < 100; i++) {
            graph.fit(data);
        }
        assertThat(graph.score(data)).isLessThan(0.8 * start);

        File file = directory.resolve("graph.zip").toFile();
        graph.save(file, true);
        ComputationGraph restored = ComputationGraph.load(file, true);
        graph.fit(data);
        restored.fit(data);
        assertThatMatrix(restored.params()).isBitEqualTo(graph.params());
    }
}
