/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.FisherLabels;
import io.github.dl4jcurvature.fisher.OutputLikelihood;
import io.github.dl4jcurvature.fisher.SameDiffCurvatureListener;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A graph of dense layers learns tasks one after the other as the same network does. */
class SameDiffTasksTest {
    private static final int TASKS = 3;
    private static final int EPOCHS = 3;
    private static final List<String> VARIABLES = List.of("w0", "b0", "w1", "b1");

    @TempDir
    private Path directory;

    private static NclBuilder updater() {
        return Ncl.builder().learningRate(0.05).dataSize(Tasks.EXAMPLES).fisherLabels(FisherLabels.EXACT);
    }

    static Stream<Arguments> methods() {
        return Stream.of(
                arguments("natural", updater()),
                arguments("sampled labels", updater().fisherLabels(FisherLabels.SAMPLED)),
                arguments("labels of the data", updater().fisherLabels(FisherLabels.EMPIRICAL)),
                arguments("elementwise", updater().method(Ncl.Method.EWC)),
                arguments("Kronecker penalty", updater().method(Ncl.Method.KFAC)),
                arguments("on the way", updater().consolidateEvery(5)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void stepsAndMemoriesAreTheSame(String name, NclBuilder updater) {
        MultiLayerNetwork network = Tasks.classifier(updater.build(), DataType.DOUBLE);
        SameDiff graph = twinOf(network, updater.build());
        for (int task = 0; task < TASKS; task++) {
            DataSet data = Tasks.data(task, DataType.DOUBLE);
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                network.fit(Tasks.iterator(data));
                graph.fit(Tasks.iterator(data), 1); // several batches in one session of the host
            }
            ConsolidationReport expected = Ncl.endTask(network, Tasks.iterator(data));
            ConsolidationReport actual = Ncl.endTask(graph, Tasks.iterator(data));
            assertThat(actual.examples()).isEqualTo(expected.examples());
            assertThat(actual.layers().get(0).tasks())
                    .isEqualTo(expected.layers().get(0).tasks());
        }
        // rounding of 1e-16 amplified by the inverses of factors of condition 1e3 and some forty steps
        for (int layer = 0; layer < 2; layer++) {
            assertThatMatrix(Nd4j.toFlattened('c', variable(graph, "w" + layer)))
                    .isWithinRelativeFrobenius(
                            Nd4j.toFlattened('c', network.getLayer(layer).getParam("W")), 1e-9);
        }
    }

    @Test
    void whatIsRememberedIsInTheFile() {
        SameDiff whole = trained(0, 2);
        Ncl.endTask(whole, Tasks.iterator(Tasks.data(0, DataType.DOUBLE)));
        whole.fit(Tasks.iterator(Tasks.data(1, DataType.DOUBLE)), 2);

        SameDiff first = trained(0, 2);
        File before = directory.resolve("before").toFile();
        first.save(before, true);
        SameDiff second = SameDiff.load(before, true);
        second.addListeners(listener());
        Ncl.endTask(second, Tasks.iterator(Tasks.data(0, DataType.DOUBLE))); // before any training of the loaded graph
        File after = directory.resolve("after").toFile();
        second.save(after, true);
        SameDiff third = SameDiff.load(after, true);
        third.addListeners(listener());
        third.fit(Tasks.iterator(Tasks.data(1, DataType.DOUBLE)), 2);

        VARIABLES.forEach(name -> assertThatMatrix(variable(third, name)).isBitEqualTo(variable(whole, name)));
    }

    @Test
    void misuseIsSaid() {
        MultiLayerNetwork network = Tasks.classifier(updater().build(), DataType.DOUBLE);
        DataSet data = Tasks.data(0, DataType.DOUBLE);
        SameDiff untrained = twinOf(network, updater().build());
        assertThatThrownBy(() -> Ncl.endTask(untrained, Tasks.iterator(data)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has not been trained; call fit first");
        SameDiff other = twinOf(network, new Sgd(0.1));
        assertThatThrownBy(() -> Ncl.endTask(other, Tasks.iterator(data)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no Ncl updater");
        SameDiff alone = twinOf(network, updater().build());
        alone.setListeners();
        assertThatThrownBy(() -> alone.fit(Tasks.iterator(data), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("graph.addListeners(SameDiffCurvatureListener");
    }

    private static SameDiff trained(int task, int epochs) {
        SameDiff graph = twinOf(
                Tasks.classifier(updater().build(), DataType.DOUBLE), updater().build());
        graph.fit(Tasks.iterator(Tasks.data(task, DataType.DOUBLE)), epochs);
        return graph;
    }

    private static SameDiffCurvatureListener listener() {
        return SameDiffCurvatureListener.builder()
                .output("logits", OutputLikelihood.CATEGORICAL, "labels")
                .layer("w0", "b0")
                .layer("w1", "b1")
                .build();
    }

    private static SameDiff twinOf(MultiLayerNetwork network, org.nd4j.linalg.learning.config.IUpdater updater) {
        SameDiff graph = SameDiff.create();
        SDVariable input = graph.placeHolder("input", DataType.DOUBLE, -1, Tasks.INPUTS);
        SDVariable labels = graph.placeHolder("labels", DataType.DOUBLE, -1, Tasks.CLASSES);
        SDVariable hidden = graph.math.tanh(dense(graph, network, 0, input, "z0"));
        SDVariable logits = dense(graph, network, 1, hidden, "logits");
        graph.loss.softmaxCrossEntropy("loss", labels, logits, null, LossReduce.MEAN_BY_WEIGHT, 0);
        graph.setLossVariables("loss");
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping("input")
                .dataSetLabelMapping("labels")
                .build());
        graph.addListeners(listener());
        return graph;
    }

    private static SDVariable dense(SameDiff graph, MultiLayerNetwork network, int layer, SDVariable x, String name) {
        INDArray b = network.getLayer(layer).getParam("b");
        SDVariable weight =
                graph.var("w" + layer, network.getLayer(layer).getParam("W").dup('c'));
        SDVariable bias = graph.var("b" + layer, b.dup('c').reshape(b.length()));
        return graph.nn.linear(name, x, weight, bias);
    }

    private static INDArray variable(SameDiff graph, String name) {
        return graph.getVariable(name).getArr();
    }
}
