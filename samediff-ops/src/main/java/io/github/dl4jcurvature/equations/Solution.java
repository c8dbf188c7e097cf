/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The solution of an {@link Equation}, or of a batch of them, with the factors that make its derivatives cheap.
 *
 * <p>Gradients and directional derivatives cost one more solve with factors that are there already. Arrays that come out
 * are fresh, outside any workspace, in the type of the argument A, gradients in the type of their own argument. Immutable
 * and safe to share between threads.
 */
public final class Solution {
    private final Equation equation;
    private final ArgumentBatch arguments;
    private final List<SolvedEquation> solved;

    private Solution(Equation equation, ArgumentBatch arguments, List<SolvedEquation> solved) {
        this.equation = equation;
        this.arguments = arguments;
        this.solved = List.copyOf(solved);
    }

    static Solution of(Equation equation, Map<Argument, INDArray> arguments, List<Option> options) {
        ArgumentBatch batch = ArgumentBatch.of(equation, arguments, options);
        List<SolvedEquation> solved = new ArrayList<>();
        for (int i = 0; i < batch.equations(); i++) {
            solved.add(solve(equation, batch.slice(i)));
        }
        return new Solution(equation, batch, solved);
    }

    /**
     * Takes up a solution from its {@link #state()}, without solving anew.
     *
     * @param equation the equation
     * @param arguments the arguments it was solved for
     * @param state what {@link #state()} returned
     * @param options the options it was solved with
     * @return a solution with the same results and derivatives bit for bit; its {@link #relativeResidual()} is not known
     * @throws IllegalArgumentException if the state does not belong to such arguments
     */
    public static Solution restore(
            Equation equation, Map<Argument, INDArray> arguments, INDArray state, Option... options) {
        ArgumentBatch batch = ArgumentBatch.of(equation, arguments, List.of(options));
        List<SolvedEquation> solved = new ArrayList<>();
        StateVector.Reader reader = StateVector.read(state);
        for (int i = 0; i < batch.equations(); i++) {
            solved.add(restore(equation, batch.slice(i), reader.next()));
        }
        return new Solution(equation, batch, solved);
    }

    /**
     * One output out of a {@link #state()}, without what its derivatives need.
     *
     * @param equation the equation
     * @param arguments the arguments it was solved for
     * @param state what {@link #state()} returned
     * @param output which
     * @return what {@link #value} returns, bit for bit
     * @throws IllegalArgumentException if the state does not belong to such arguments or there is no such output
     */
    public static INDArray valueOf(
            Equation equation, Map<Argument, INDArray> arguments, INDArray state, Output output) {
        return restore(equation, arguments, state).value(output);
    }

    private static SolvedEquation solve(Equation equation, Map<Argument, ColumnMajor> slice) {
        return switch (equation) {
            case SYLVESTER, STEIN -> SolvedSylvester.of(equation, slice);
            case LYAPUNOV, DISCRETE_LYAPUNOV -> SolvedLyapunov.of(equation, slice);
            case CARE, DARE -> SolvedRiccati.of(equation, slice);
        };
    }

    private static SolvedEquation restore(
            Equation equation, Map<Argument, ColumnMajor> slice, List<ColumnMajor> factors) {
        return switch (equation) {
            case SYLVESTER, STEIN -> SolvedSylvester.restored(equation, slice, factors);
            case LYAPUNOV, DISCRETE_LYAPUNOV -> SolvedLyapunov.restored(equation, slice, factors);
            case CARE, DARE -> SolvedRiccati.restored(equation, slice, factors);
        };
    }

    /**
     * The solution X.
     *
     * @return shape [rows, columns], or [batch, rows, columns] if an argument had rank 3
     */
    public INDArray solution() {
        return value(Output.SOLUTION);
    }

    /**
     * The gain K of a Riccati equation; the feedback is \(u = -K x\).
     *
     * @return shape [m, n], or [batch, m, n]
     * @throws IllegalArgumentException if the equation has none
     */
    public INDArray gain() {
        return value(Output.GAIN);
    }

    /**
     * The closed loop \(A - B K\) of a Riccati equation.
     *
     * @return shape [n, n], or [batch, n, n]
     * @throws IllegalArgumentException if the equation has none
     */
    public INDArray closedLoop() {
        return value(Output.CLOSED_LOOP);
    }

    /**
     * A result.
     *
     * @param output which
     * @return its value
     * @throws IllegalArgumentException if the equation has no such output
     */
    public INDArray value(Output output) {
        requireOutput(output);
        return arguments.joined(
                solved.stream().map(s -> s.output(output)).toList(), arguments.outputShape(output), type());
    }

    /**
     * Gradients of a loss whose gradients with respect to the outputs are given.
     *
     * <p>Source: Kao and Hennequin (arXiv 2011.11430), equations 11, 31, 41 and section 3; with G the cotangent of X.
     *
     * @param cotangents gradients with respect to outputs, in their shapes; outputs that are left out do not count
     * @return gradient with respect to each argument that was given, in its shape and type; summed over a batch that the
     *     argument was shared by
     * @throws IllegalArgumentException if an output is unknown or a cotangent of wrong shape or not finite
     * @throws io.github.dl4jcurvature.linalg.SingularEquationException if the closed loop is so close to the border of
     *     stability that there is no derivative
     * @throws ArithmeticException if a gradient exceeds the range of doubles
     */
    public Map<Argument, INDArray> gradients(Map<Output, INDArray> cotangents) {
        Map<Output, Slices> slices = new EnumMap<>(Output.class);
        cotangents.forEach((output, array) -> {
            requireOutput(output);
            slices.put(output, arguments.matching("cotangent of " + output, array, arguments.outputShape(output)));
        });
        List<Map<Argument, ColumnMajor>> gradients = new ArrayList<>();
        for (int i = 0; i < solved.size(); i++) {
            gradients.add(solved.get(i).gradients(complete(slices, i)));
        }
        return arguments.gathered(gradients);
    }

    /** A linear equation always has a cotangent of its solution. */
    private Map<Output, ColumnMajor> complete(Map<Output, Slices> slices, int i) {
        Map<Output, ColumnMajor> cotangents = new EnumMap<>(Output.class);
        slices.forEach((output, slice) -> cotangents.put(output, slice.get(i)));
        long[] shape = arguments.outputShape(Output.SOLUTION);
        cotangents.computeIfAbsent(Output.SOLUTION, none -> ColumnMajor.zeros(shape));
        return cotangents;
    }

    /**
     * Directional derivatives of all outputs.
     *
     * @param directions changes of arguments that were given to the equation, in their shapes; the others stay
     * @return derivative of each output, in its shape
     * @throws IllegalArgumentException if an argument was not given or a direction is of wrong shape or not finite
     * @throws io.github.dl4jcurvature.linalg.SingularEquationException as for {@link #gradients}
     * @throws ArithmeticException if a derivative exceeds the range of doubles
     */
    public Map<Output, INDArray> derivatives(Map<Argument, INDArray> directions) {
        Map<Argument, Slices> slices = arguments.directions(directions);
        Map<Output, List<ColumnMajor>> derivatives = new EnumMap<>(Output.class);
        for (int i = 0; i < solved.size(); i++) {
            int index = i;
            Map<Argument, ColumnMajor> direction = new EnumMap<>(Argument.class);
            slices.forEach((argument, slice) -> direction.put(argument, slice.get(index)));
            solved.get(i)
                    .derivatives(direction)
                    .forEach((output, value) -> derivatives
                            .computeIfAbsent(output, none -> new ArrayList<>())
                            .add(value));
        }
        Map<Output, INDArray> joined = new EnumMap<>(Output.class);
        for (Output output : equation.outputs()) {
            List<ColumnMajor> values = derivatives.getOrDefault(output, List.of());
            INDArray derivative = arguments.joined(values, arguments.outputShape(output), type());
            ArgumentBatch.requireNumbers("derivative of " + output, derivative);
            joined.put(output, derivative);
        }
        return joined;
    }

    /**
     * The largest relative residual of the batch.
     *
     * @return norm of the residual over the sum of the norms of the terms; estimated by random probes for linear
     *     equations of order beyond 64; NaN after {@link #restore}
     */
    public double relativeResidual() {
        return solved.stream()
                .mapToDouble(SolvedEquation::relativeResidual)
                .max()
                .orElse(0);
    }

    /**
     * Solution and factors in one vector, from which {@link #restore} goes on.
     *
     * @return shape [length] of INT64, sizes and the bits of doubles
     */
    public INDArray state() {
        return StateVector.write(solved.stream().map(SolvedEquation::factors).toList());
    }

    private DataType type() {
        return arguments.type(Argument.A);
    }

    private void requireOutput(Output output) {
        if (!equation.outputs().contains(output)) {
            throw new IllegalArgumentException("output %s does not exist for a %s equation; choose among %s"
                    .formatted(output, equation.title(), equation.outputs()));
        }
    }
}
