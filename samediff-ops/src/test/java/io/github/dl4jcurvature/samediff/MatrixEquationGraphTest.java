/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.validation.GradCheckUtil;
import org.nd4j.autodiff.validation.OpValidation;
import org.nd4j.autodiff.validation.TestCase;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MatrixEquationGraphTest {
    @TempDir
    private Path directory;

    private DataType before;

    @BeforeEach
    void checkGradientsInDouble() {
        before = Nd4j.dataType();
        Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    }

    @AfterEach
    void restoreDefaults() {
        Nd4j.setDefaultDataTypes(before, before);
    }

    /** A loss that takes all outputs of an equation: the sum of their products with fixed weights. */
    private record Graph(SameDiff graph, Map<Argument, INDArray> values, Map<Output, INDArray> weights) {

        static Graph of(Equation equation, DataType type) {
            Map<Argument, INDArray> values = new EnumMap<>(Argument.class);
            Systems.arguments(equation, 1).forEach((argument, value) -> values.put(argument, value.castTo(type)));
            Solution solution = equation.solve(values);
            SameDiff graph = SameDiff.create();
            Map<Argument, SDVariable> variables = new EnumMap<>(Argument.class);
            values.forEach((argument, value) -> variables.put(argument, graph.var(argument.name(), value)));
            EquationVariables outputs = MatrixEquations.solve(graph, "x", equation, variables);
            Map<Output, INDArray> weights = new EnumMap<>(Output.class);
            SDVariable loss = null;
            for (Output output : equation.outputs()) {
                INDArray weight = RandomMatrices.gaussian(
                                solution.value(output).shape(), output.name().length())
                        .castTo(type);
                weights.put(output, weight);
                SDVariable term = outputs.value(output)
                        .mul(graph.constant("weight_" + output, weight))
                        .sum();
                loss = loss == null ? term : loss.add(term);
            }
            graph.setLossVariables(loss.rename("loss"));
            return new Graph(graph, values, weights);
        }
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void valuesAndGradientsOfAllOutputsTogetherAreThoseOfTheSolver(Equation equation) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Graph made = Graph.of(equation, type);
            Solution solution = equation.solve(made.values);
            String[] names = made.values.keySet().stream().map(Enum::name).toArray(String[]::new);

            INDArray x = made.graph.output(Map.of(), "x").get("x");
            Map<String, INDArray> gradients = made.graph.calculateGradients(Map.of(), names);

            assertThatMatrix(x).isBitEqualTo(solution.solution());
            solution.gradients(made.weights).forEach((argument, expected) -> {
                INDArray actual = gradients.get(argument.name());
                assertThat(actual.dataType()).isEqualTo(type);
                assertThatMatrix(actual)
                        .as("gradient of %s", argument)
                        .isWithinRelativeFrobenius(expected, type == DataType.DOUBLE ? 1e-11 : 1e-4);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void theHostsOwnGradientChecksPass(Equation equation) {
        assertThat(GradCheckUtil.checkGradients(
                        Graph.of(equation, DataType.DOUBLE).graph, Map.of(), 1e-5, 1e-5, 1e-7, false, false))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void theHostsOperationValidationPasses(Equation equation) {
        Graph made = Graph.of(equation, DataType.DOUBLE);
        INDArray expected = equation.solve(made.values).solution();
        String error = OpValidation.validate(new TestCase(made.graph)
                .testName(equation.name())
                .expectedOutput("x", expected)
                .gradientCheck(true)
                .gradCheckEpsilon(1e-5)
                .gradCheckMaxRelativeError(1e-5)
                .gradCheckMinAbsError(1e-7)
                .testFlatBufferSerialization(TestCase.TestSerialization.BOTH));
        assertThat(error).isNull();
    }

    @Test
    void argumentsMayBeSharedConstantOrThemselvesSolutions() {
        Map<Argument, INDArray> in = Systems.arguments(Equation.LYAPUNOV, 1);
        SameDiff graph = SameDiff.create();
        SDVariable a = graph.var("A", in.get(Argument.A));
        SDVariable q = graph.constant("Q", in.get(Argument.Q));
        // A twice, and a solution as the right-hand side of the next equation
        SDVariable first = MatrixEquations.sylvester(graph, a, a, q);
        SDVariable second = MatrixEquations.stein(graph, q.mul(0.05), a.mul(0.1), first);
        second.mul(second).sum("loss");
        graph.setLossVariables("loss");
        assertThat(GradCheckUtil.checkGradients(graph, Map.of(), 1e-6, 1e-5, 1e-7, false, false))
                .isTrue();
    }

    @Test
    void aBatchSharesItsMatrixOfRankTwo() {
        SameDiff graph = SameDiff.create();
        Map<Argument, INDArray> in = Systems.arguments(Equation.LYAPUNOV, 1);
        SDVariable a = graph.var("A", in.get(Argument.A));
        SDVariable q = graph.var("Q", RandomMatrices.gaussian(new long[] {3, 4, 4}, 5));
        SDVariable x = MatrixEquations.lyapunov(graph, a, q);
        x.mul(x).sum("loss");
        graph.setLossVariables("loss");
        assertThat(x.eval().shape()).containsExactly(3, 4, 4);
        assertThat(GradCheckUtil.checkGradients(graph, Map.of(), 1e-6, 1e-5, 1e-7, false, false))
                .isTrue();
    }

    /** Learns a factor of Q so that features times the solution are the labels. */
    private static SameDiff learner() {
        Map<Argument, INDArray> in = Systems.arguments(Equation.CARE, 1);
        SameDiff graph = SameDiff.create();
        SDVariable factor = graph.var("factor", Nd4j.eye(4).castTo(DataType.DOUBLE));
        SDVariable x = MatrixEquations.care(
                graph,
                graph.constant("A", in.get(Argument.A)),
                graph.constant("B", in.get(Argument.B)),
                factor.mmul(graph.transpose(factor)),
                graph.constant("R", in.get(Argument.R)));
        SDVariable features = graph.placeHolder("features", DataType.DOUBLE, -1, 4);
        SDVariable labels = graph.placeHolder("labels", DataType.DOUBLE, -1, 4);
        graph.loss.meanSquaredError("loss", labels, features.mmul(x), null);
        graph.setLossVariables("loss");
        graph.setTrainingConfig(configuration());
        return graph;
    }

    private static TrainingConfig configuration() {
        return TrainingConfig.builder()
                .updater(new Adam(0.05))
                .dataSetFeatureMapping("features")
                .dataSetLabelMapping("labels")
                .build();
    }

    private static DataSet data() {
        Map<Argument, INDArray> in = Systems.arguments(Equation.CARE, 1);
        INDArray features = RandomMatrices.gaussian(32, 4, 3);
        INDArray x =
                MatrixEquations.care(in.get(Argument.A), in.get(Argument.B), in.get(Argument.Q), in.get(Argument.R));
        return new DataSet(features, features.mmul(x));
    }

    private static double loss(SameDiff graph) {
        Map<String, INDArray> inputs = Map.of("features", data().getFeatures(), "labels", data().getLabels());
        return graph.output(inputs, "loss").get("loss").getDouble(0);
    }

    @Test
    void aGraphTrainsIsSavedAndGoesOnBitForBit() {
        SameDiff graph = learner();
        double start = loss(graph);
        graph.fit(new SingletonDataSetIterator(data()), 200);
        assertThat(loss(graph)).isLessThan(1e-3 * start);

        File file = directory.resolve("graph.fb").toFile();
        graph.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        loaded.setTrainingConfig(configuration());
        SameDiff copy = graph.dup();
        assertThat(loss(loaded)).isEqualTo(loss(graph));
        assertThat(loss(copy)).isEqualTo(loss(graph));

        graph.fit(new SingletonDataSetIterator(data()), 5);
        SameDiff again = SameDiff.load(file, true);
        again.fit(new SingletonDataSetIterator(data()), 5);
        assertThatMatrix(again.getVariable("factor").getArr())
                .isBitEqualTo(graph.getVariable("factor").getArr());
    }

    @Test
    void fourThreadsMayRunOneGraph() throws Exception {
        SameDiff graph = Graph.of(Equation.CARE, DataType.DOUBLE).graph;
        INDArray expected = graph.output(Map.of(), "x").get("x").dup();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<INDArray>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                tasks.add(() -> graph.output(Map.of(), "x").get("x").dup());
            }
            for (Future<INDArray> x : threads.invokeAll(tasks)) {
                assertThatMatrix(x.get()).isBitEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void eagerModeComputesAtOnce() {
        Map<Argument, INDArray> in = Systems.arguments(Equation.SYLVESTER, 1);
        SameDiff graph = SameDiff.create();
        graph.setEagerMode(true);
        SDVariable x = MatrixEquations.sylvester(
                graph,
                graph.var("A", in.get(Argument.A)),
                graph.var("B", in.get(Argument.B)),
                graph.var("C", in.get(Argument.C)));
        assertThatMatrix(x.getArr()).isBitEqualTo(Equation.SYLVESTER.solve(in).solution());
    }

    @Test
    void aFailureNamesItsCauseAndTheGraphStaysUsable() {
        SameDiff graph = SameDiff.create();
        SDVariable a = graph.placeHolder("A", DataType.DOUBLE, 2, 2);
        SDVariable x =
                MatrixEquations.lyapunov(graph, a, graph.constant(Nd4j.eye(2).castTo(DataType.DOUBLE)));
        INDArray singular = Nd4j.createFromArray(new double[][] {{0, 1}, {-1, 0}});
        INDArray fine = Nd4j.createFromArray(new double[][] {{2, 1}, {-1, 2}});

        assertThatThrownBy(() -> graph.output(Map.of("A", singular), x.name()))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("no unique solution");
        assertThatMatrix(graph.output(Map.of("A", fine), x.name()).get(x.name()))
                .isFinite();
    }

    @Test
    void whatCannotBeBuiltIsRefused() {
        SameDiff graph = SameDiff.create();
        SDVariable a = graph.var("A", Nd4j.eye(2).castTo(DataType.DOUBLE));
        assertThatThrownBy(() -> MatrixEquations.solve(graph, "x", Equation.LYAPUNOV, Map.of(Argument.A, a)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("argument Q of LYAPUNOV is missing");
        assertThatThrownBy(() -> MatrixEquations.solve(
                        graph, "x", Equation.LYAPUNOV, Map.of(Argument.A, a, Argument.Q, a, Argument.R, a)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("R is unknown");
        EquationVariables x =
                MatrixEquations.solve(graph, "x", Equation.LYAPUNOV, Map.of(Argument.A, a, Argument.Q, a));
        assertThatThrownBy(x::gain).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("GAIN");
        assertThatThrownBy(() -> new MatrixEquationGradientOp().doDiff(List.of()))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("second derivatives");
    }

    @Test
    void arraysAreSolvedAlike() {
        Map<Argument, INDArray> in = Systems.arguments(Equation.DARE, 1);
        INDArray a = in.get(Argument.A);
        INDArray b = in.get(Argument.B);
        INDArray q = in.get(Argument.Q);
        INDArray r = in.get(Argument.R);
        INDArray e = Nd4j.eye(4).castTo(DataType.DOUBLE);
        assertThatMatrix(MatrixEquations.dare(a, b, q, r))
                .isBitEqualTo(Equation.DARE
                        .solve(Map.of(Argument.A, a, Argument.B, b, Argument.Q, q, Argument.R, r))
                        .solution());
        assertThatMatrix(MatrixEquations.dare(a, b, q, r, in.get(Argument.E), in.get(Argument.S)))
                .isBitEqualTo(Equation.DARE.solve(in).solution());
        assertThatMatrix(MatrixEquations.care(a, b, q, r, e, null))
                .isWithinRelativeFrobenius(MatrixEquations.care(a, b, q, r), 1e-12);
        INDArray stable = a.mul(0.1);
        assertThatMatrix(MatrixEquations.discreteLyapunov(stable, e, q))
                .isWithinRelativeFrobenius(MatrixEquations.discreteLyapunov(stable, q), 1e-12);
        assertThatMatrix(MatrixEquations.stein(stable, stable.transpose(), q))
                .isWithinRelativeFrobenius(MatrixEquations.discreteLyapunov(stable, q), 1e-12);
        INDArray shifted = stable.add(e);
        assertThatMatrix(MatrixEquations.lyapunov(shifted, e, q))
                .isWithinRelativeFrobenius(MatrixEquations.lyapunov(shifted, q), 1e-12);
        assertThatMatrix(MatrixEquations.sylvester(shifted, shifted.transpose(), q))
                .isWithinRelativeFrobenius(MatrixEquations.lyapunov(shifted, q), 1e-12);
    }
}
