/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.OutputLikelihood;
import io.github.dl4jcurvature.fisher.SameDiffCurvatureListener;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class SameDiffMisuseTest {

    private static SameDiff graph() {
        return TestGraphs.twinOf(TestNetworks.classifier(new FishLeg()), new FishLeg(0.05));
    }

    private static void assertRefused(SameDiff graph, ThrowingCallable action, Class<?> type, String... parts) {
        INDArray before = TestGraphs.variable(graph, "w2").dup();
        assertThatThrownBy(action).isInstanceOf(type).hasMessageContainingAll(parts);
        assertThatMatrix(TestGraphs.variable(graph, "w2")).isBitEqualTo(before);
    }

    @Test
    void trainingWithoutTheListenerSaysWhichOneToAdd() {
        SameDiff graph = graph();
        assertRefused(
                graph,
                () -> TestGraphs.fit(graph, 0, 1),
                IllegalStateException.class,
                "graph.addListeners(SameDiffCurvatureListener");
    }

    @Test
    void aListenerThatWasReplacedIsNoticed() {
        SameDiff graph = graph();
        graph.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(graph, 0, 2);
        graph.setListeners();
        assertRefused(
                graph,
                () -> TestGraphs.fit(graph, 2, 3),
                IllegalStateException.class,
                "no longer among the graph's listeners",
                "iteration 2");
    }

    /** The host's softmax of nothing ends the process. */
    @Test
    void aBatchWithoutExamplesIsRefusedBeforeTheForwardPass() {
        SameDiff graph = graph();
        graph.addListeners(TestGraphs.listener().build());
        DataSet nothing = new DataSet(
                Nd4j.create(DataType.DOUBLE, 0, TestNetworks.INPUTS),
                Nd4j.create(DataType.DOUBLE, 0, TestNetworks.CLASSES));
        assertRefused(
                graph,
                () -> graph.fit(nothing),
                IllegalArgumentException.class,
                "inputs[0] is empty",
                "at least one example");
    }

    static Stream<Arguments> wrongNames() {
        SameDiffCurvatureListener.Builder plain = SameDiffCurvatureListener.builder();
        return Stream.of(
                arguments(
                        TestGraphs.listener().layer("weights"),
                        "names the variable 'weights', which this graph does not have"),
                arguments(TestGraphs.listener().layer("w0"), "another layer has already"),
                arguments(TestGraphs.listener().layer("b0"), "must name a matrix but 'b0' has 1 dimensions"),
                arguments(TestGraphs.listener().layer("input"), "names 'input', a PLACEHOLDER"),
                arguments(
                        plain.output("logits", OutputLikelihood.CATEGORICAL).layer("w0", "b2"),
                        "bias 'b2' of 3 elements with 'w0', which has 5 outputs"),
                arguments(
                        SameDiffCurvatureListener.builder()
                                .output("logits", OutputLikelihood.CATEGORICAL)
                                .layer("w0", "b1"),
                        "it is not what is added to the product"),
                arguments(
                        SameDiffCurvatureListener.builder().output("scores", OutputLikelihood.CATEGORICAL),
                        "output names the variable 'scores'"),
                arguments(
                        SameDiffCurvatureListener.builder().output("w0", OutputLikelihood.CATEGORICAL),
                        "must name a floating-point result of an operation but it is a VARIABLE"),
                arguments(
                        SameDiffCurvatureListener.builder().output("loss", OutputLikelihood.CATEGORICAL),
                        "must have one row for each"),
                arguments(
                        SameDiffCurvatureListener.builder().output("logits", OutputLikelihood.BERNOULLI, "labels"),
                        "the loss is not that of output(\"logits\", BERNOULLI, \"labels\")"),
                arguments(
                        SameDiffCurvatureListener.builder().output("logits", OutputLikelihood.CATEGORICAL, "targets"),
                        "labels of output \"logits\" names the variable 'targets'"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrongNames")
    void wrongNamesAreSaid(SameDiffCurvatureListener.Builder listener, String message) {
        SameDiff graph = graph();
        graph.setTrainingConfig(
                TestGraphs.configuration(FishLeg.builder().updateEvery(1).build())
                        .build());
        graph.addListeners(listener.build());
        assertThatThrownBy(() -> TestGraphs.fit(graph, 0, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void probabilitiesAreNotLogits() {
        SameDiff graph = graph();
        graph.nn.softmax("probabilities", graph.getVariable("logits"), 1);
        graph.addListeners(SameDiffCurvatureListener.builder()
                .output("probabilities", OutputLikelihood.CATEGORICAL)
                .build());
        assertRefused(
                graph,
                () -> TestGraphs.fit(graph, 0, 1),
                IllegalArgumentException.class,
                "names the result of softmax",
                "name 'logits'");
    }

    @Test
    void aLossThatIsASumIsNotTheMeanOfTheLikelihood() {
        SameDiff graph = graph();
        SDVariable sum = graph.loss.softmaxCrossEntropy(
                "sum", graph.getVariable("labels"), graph.getVariable("logits"), null, LossReduce.SUM, 0);
        graph.setLossVariables(sum.name());
        graph.addListeners(TestGraphs.listener().build());
        assertRefused(
                graph,
                () -> TestGraphs.fit(graph, 0, 1),
                IllegalArgumentException.class,
                "the loss is not that of output(\"logits\", CATEGORICAL, \"labels\")",
                "a mean over the examples");
    }

    @Test
    void noPredictiveVariable() {
        assertThatThrownBy(() -> SameDiffCurvatureListener.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no predictive variable is named");
    }

    @Test
    void aGradientThatIsNotFiniteLeavesAllParameters() {
        SameDiff graph = graph();
        graph.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(graph, 0, 1);
        DataSet bad = TestNetworks.batch(1);
        bad.getFeatures().putScalar(0, 0, Double.NaN);
        assertRefused(graph, () -> graph.fit(bad), ArithmeticException.class, "'w0'", "the parameters are unchanged");
    }

    @Test
    void renamedVariablesDoNotLoseTheirStateSilently() {
        SameDiff graph = graph();
        graph.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(graph, 0, 2);
        graph.renameVariable("w0", "first");
        graph.setListeners(SameDiffCurvatureListener.builder()
                .output("logits", OutputLikelihood.CATEGORICAL, "labels")
                .layer("first", "b0")
                .layer("w1", "b1")
                .layer("w2", "b2")
                .build());
        assertRefused(
                graph,
                () -> TestGraphs.fit(graph, 2, 3),
                IllegalStateException.class,
                "state of the variables [w0]",
                "none of [first]");
        graph.getUpdaterMap().clear();
        TestGraphs.fit(graph, 2, 3); // as the message says
    }

    @Test
    void stateOfOtherShapesIsRefused() {
        SameDiff graph = graph();
        graph.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(graph, 0, 2);
        graph.setListeners(SameDiffCurvatureListener.builder()
                .output("logits", OutputLikelihood.CATEGORICAL, "labels")
                .build());
        assertRefused(
                graph,
                () -> TestGraphs.fit(graph, 2, 3),
                IllegalStateException.class,
                "state of FishLeg has",
                "was it saved by another updater or for other layer sizes?");
    }

    @Test
    void variablesOfTwoTypesAreRefused() {
        SameDiff graph = graph();
        SDVariable scale = graph.var("scale", Nd4j.createFromArray(1f));
        graph.setLossVariables(graph.getVariable("loss")
                .mul("scaled", scale.castTo(DataType.DOUBLE).sum())
                .name());
        graph.addListeners(SameDiffCurvatureListener.builder()
                .output("logits", OutputLikelihood.CATEGORICAL)
                .build());
        assertRefused(
                graph,
                () -> TestGraphs.fit(graph, 0, 1),
                IllegalArgumentException.class,
                "must all be FLOAT or all be DOUBLE");
    }

    @Test
    void theListenerLeavesUpdatersOfTheHostAlone() {
        SameDiff plain = TestGraphs.twinOf(TestNetworks.classifier(new FishLeg()), new Adam(0.01));
        SameDiff watched = TestGraphs.twinOf(TestNetworks.classifier(new FishLeg()), new Adam(0.01));
        watched.addListeners(TestGraphs.listener().build());
        TestGraphs.fit(plain, 0, 4);
        TestGraphs.fit(watched, 0, 4);
        assertThatMatrix(TestGraphs.variable(watched, "w0")).isBitEqualTo(TestGraphs.variable(plain, "w0"));
        watched.setTrainingConfig(TestGraphs.configuration(new FishLeg(0.05)).build());
        TestGraphs.fit(watched, 4, 6); // Adam's state is not taken for FishLeg's
        GradientUpdater<?> updater = watched.getUpdaterMap().get("w0");
        assertThat(updater.getState()).containsOnlyKeys("FISHLEG");
    }
}
