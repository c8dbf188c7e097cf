/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.benchmarks;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import io.github.dl4jcurvature.examples.equations.SpeedSystem;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Solution of a matrix equation, without and with its gradients. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MatrixEquationBenchmark {
    /** Which equation. */
    @Param({"SYLVESTER", "LYAPUNOV", "DISCRETE_LYAPUNOV", "CARE", "DARE"})
    public Equation equation = Equation.SYLVESTER;

    /** Order of the system. */
    @Param({"10", "50", "200"})
    public int order;

    private @Nullable Map<Argument, INDArray> arguments;
    private @Nullable INDArray cotangent;

    /** Draws the system. */
    @Setup
    public void draw() {
        arguments = new SpeedSystem(equation, order).arguments();
        cotangent = equation.solve(arguments).solution();
    }

    /**
     * Solves.
     *
     * @return the solution
     */
    @Benchmark
    public Solution solve() {
        return equation.solve(Objects.requireNonNull(arguments));
    }

    /**
     * Solves and differentiates.
     *
     * @return the gradients
     */
    @Benchmark
    public Map<Argument, INDArray> solveAndDifferentiate() {
        return solve().gradients(Map.of(Output.SOLUTION, Objects.requireNonNull(cotangent)));
    }
}
