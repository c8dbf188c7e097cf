/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import io.github.dl4jcurvature.samediff.MatrixEquations;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Eight threads run one graph of three matrix equations, each with matrices of its own, so that the solution of another
 * thread's equation is seen. The oracle is the solver called on arrays, in one thread.
 */
class ConcurrentGraphTest {
    private static final int ORDER = 6;
    private static final int RUNS = 10;
    private static final INDArray A = RandomMatrices.gaussian(ORDER, ORDER, 1).muli(0.1);
    private static final INDArray R = RandomMatrices.spdWithCondition(ORDER, 3, 2);
    private static final INDArray B = Nd4j.eye(ORDER).castTo(DataType.DOUBLE);
    private static final List<String> OUTPUTS = List.of("x_care", "x_dare", "x_lyapunov");

    /** Solutions for Q, which is fed, and a loss of all three. */
    private static SameDiff graph() {
        SameDiff graph = SameDiff.create();
        SDVariable a = graph.var("A", A);
        SDVariable b = graph.constant("B", B);
        SDVariable q = graph.placeHolder("Q", DataType.DOUBLE, ORDER, ORDER);
        SDVariable r = graph.constant("R", R);
        SDVariable care = MatrixEquations.care(graph, a, b, q, r).rename("x_care");
        SDVariable dare = MatrixEquations.dare(graph, a, b, q, r).rename("x_dare");
        SDVariable lyapunov = MatrixEquations.lyapunov(graph, a.add(b), q).rename("x_lyapunov");
        care.mul(care).add(dare.mul(lyapunov)).sum("loss");
        graph.setLossVariables("loss");
        return graph;
    }

    private static INDArray q(int thread) {
        return RandomMatrices.spdWithCondition(ORDER, 3, 100 + thread);
    }

    private static Map<String, INDArray> solved(INDArray q) {
        return Map.of(
                "x_care", MatrixEquations.care(A, B, q, R),
                "x_dare", MatrixEquations.dare(A, B, q, R),
                "x_lyapunov", MatrixEquations.lyapunov(A.add(B), q));
    }

    @Test
    void solutionsAreThoseOfTheThreadsOwnMatrices() throws Exception {
        SameDiff graph = graph();
        List<Callable<Integer>> work = new ArrayList<>();
        for (int thread = 0; thread < EightThreads.COUNT; thread++) {
            INDArray q = q(thread);
            Map<String, INDArray> expected = solved(q);
            work.add(() -> {
                for (int run = 0; run < RUNS; run++) {
                    Map<String, INDArray> actual = graph.output(Map.of("Q", q), OUTPUTS);
                    expected.forEach((name, x) ->
                            assertThatMatrix(actual.get(name)).as(name).isBitEqualTo(x));
                }
                return RUNS;
            });
        }
        assertThat(EightThreads.run(work)).containsOnly(RUNS);
    }

    /** Expected are the gradients of a graph of its own for each thread, computed before. */
    @Test
    void gradientsAreThoseOfTheThreadsOwnMatrices() throws Exception {
        SameDiff graph = graph();
        graph.createGradFunction(); // the host would make it in each thread
        List<Callable<Integer>> work = new ArrayList<>();
        for (int thread = 0; thread < EightThreads.COUNT; thread++) {
            Map<String, INDArray> inputs = Map.of("Q", q(thread));
            INDArray expected = gradient(graph(), inputs).dup();
            work.add(() -> {
                for (int run = 0; run < RUNS; run++) {
                    assertThatMatrix(gradient(graph, inputs)).isBitEqualTo(expected);
                }
                return RUNS;
            });
        }
        assertThat(EightThreads.run(work)).containsOnly(RUNS);
    }

    private static INDArray gradient(SameDiff graph, Map<String, INDArray> inputs) {
        return graph.calculateGradients(inputs, "A").get("A");
    }

    /** Registration and the building of graphs are the same for all threads. */
    @Test
    void graphsOfTheirOwnAreBuiltAndRunInEightThreads() throws Exception {
        List<Callable<INDArray>> work = new ArrayList<>();
        for (int thread = 0; thread < EightThreads.COUNT; thread++) {
            INDArray q = q(thread);
            work.add(() -> graph().output(Map.of("Q", q), OUTPUTS).get("x_dare").dup());
        }
        List<INDArray> solutions = EightThreads.run(work);
        for (int thread = 0; thread < EightThreads.COUNT; thread++) {
            assertThatMatrix(solutions.get(thread))
                    .isBitEqualTo(solved(q(thread)).get("x_dare"));
        }
    }
}
