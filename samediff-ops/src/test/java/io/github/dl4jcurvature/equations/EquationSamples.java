/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Random systems that have a unique or stabilising solution, with condition kept low by construction. */
final class EquationSamples {
    private EquationSamples() {}

    /** Every equation, with and without each of its optional arguments. */
    static List<Map.Entry<Equation, List<Argument>>> variants() {
        List<Map.Entry<Equation, List<Argument>>> variants = new ArrayList<>();
        for (Equation equation : Equation.values()) {
            variants.add(Map.entry(equation, List.of()));
            equation.optional().forEach(argument -> variants.add(Map.entry(equation, List.of(argument))));
            if (equation.optional().size() > 1) {
                variants.add(Map.entry(equation, equation.optional()));
            }
        }
        return variants;
    }

    /** Arguments of order n (and m columns), with these optional ones. */
    static Map<Argument, INDArray> arguments(Equation equation, int n, int m, List<Argument> optional, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        if (n == 0 || (m == 0 && !isOfOneSize(equation))) {
            return empty(equation, n, m, optional);
        }
        switch (equation) {
            case SYLVESTER -> {
                // eigenvalues of A right of 0.5, of B right of -0.4: sums stay away from 0
                arguments.put(Argument.A, shifted(n, 1.5, seeds.nextLong()));
                arguments.put(Argument.B, shifted(m, 0.6, seeds.nextLong()));
                arguments.put(Argument.C, RandomMatrices.gaussian(n, m, seeds.nextLong()));
            }
            case STEIN -> {
                arguments.put(Argument.A, contraction(n, 0.9, seeds.nextLong()));
                arguments.put(Argument.B, contraction(m, 0.9, seeds.nextLong()));
                arguments.put(Argument.C, RandomMatrices.gaussian(n, m, seeds.nextLong()));
            }
            case LYAPUNOV -> {
                arguments.put(Argument.A, shifted(n, 1.5, seeds.nextLong()));
                arguments.put(Argument.Q, RandomMatrices.gaussian(n, n, seeds.nextLong()));
            }
            case DISCRETE_LYAPUNOV -> {
                arguments.put(Argument.A, contraction(n, 0.5, seeds.nextLong()));
                arguments.put(Argument.Q, RandomMatrices.gaussian(n, n, seeds.nextLong()));
            }
            case CARE, DARE -> {
                arguments.put(
                        Argument.A,
                        RandomMatrices.gaussian(n, n, seeds.nextLong()).divi(Math.sqrt(n)));
                arguments.put(Argument.B, RandomMatrices.gaussian(n, m, seeds.nextLong()));
                arguments.put(Argument.Q, definite(n, seeds.nextLong()));
                arguments.put(Argument.R, definite(m, seeds.nextLong()));
            }
        }
        for (Argument argument : optional) {
            INDArray value = argument == Argument.E
                    // singular values 1 to 3: pencils stay as well-conditioned as A
                    ? RandomMatrices.matrixWithCondition(n, n, 2, seeds.nextLong())
                            .muli(2)
                    // Q - S R^-1 S' stays positive definite: |S| is a thirtieth of the smallest eigenvalue
                    : RandomMatrices.gaussian(n, m, seeds.nextLong()).divi(30 * Math.sqrt((double) n * m));
            arguments.put(argument, value);
            if (argument == Argument.E && equation == Equation.LYAPUNOV) {
                INDArray a = arguments.get(Argument.A);
                arguments.put(Argument.A, value.mmul(a).dup('c')); // eigenvalues of the pencil as before
            }
        }
        return arguments;
    }

    private static boolean isOfOneSize(Equation equation) {
        return equation == Equation.LYAPUNOV || equation == Equation.DISCRETE_LYAPUNOV;
    }

    private static Map<Argument, INDArray> empty(Equation equation, int n, int m, List<Argument> optional) {
        boolean riccati = equation.isRiccati();
        Map<Argument, long[]> shapes = new EnumMap<>(Map.of(
                Argument.A, new long[] {n, n},
                Argument.B, riccati ? new long[] {n, m} : new long[] {m, m},
                Argument.C, new long[] {n, m},
                Argument.E, new long[] {n, n},
                Argument.Q, new long[] {n, n},
                Argument.R, new long[] {m, m},
                Argument.S, new long[] {n, m}));
        shapes.keySet().removeIf(argument -> !equation.required().contains(argument) && !optional.contains(argument));
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        shapes.forEach((argument, shape) -> arguments.put(argument, Nd4j.create(DataType.DOUBLE, shape)));
        return arguments;
    }

    /** Random directions in the shapes of the arguments; symmetric for costs. */
    static Map<Argument, INDArray> directions(Equation equation, Map<Argument, INDArray> arguments, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        Map<Argument, INDArray> directions = new EnumMap<>(Argument.class);
        arguments.forEach((argument, value) -> {
            INDArray direction = RandomMatrices.gaussian(value.shape(), seeds.nextLong());
            boolean cost = equation.isRiccati() && (argument == Argument.Q || argument == Argument.R);
            directions.put(argument, cost ? direction.add(direction.transpose()).muli(0.5) : direction);
        });
        return directions;
    }

    /** Arguments plus a multiple of directions. */
    static Map<Argument, INDArray> moved(
            Map<Argument, INDArray> arguments, Map<Argument, INDArray> directions, double step) {
        Map<Argument, INDArray> moved = new EnumMap<>(Argument.class);
        arguments.forEach((argument, value) ->
                moved.put(argument, value.add(directions.get(argument).mul(step))));
        return moved;
    }

    /** Directions of ones. */
    static Map<Argument, INDArray> ones(Map<Argument, INDArray> arguments) {
        Map<Argument, INDArray> ones = new EnumMap<>(Argument.class);
        arguments.forEach((argument, value) -> ones.put(argument, Nd4j.ones(DataType.DOUBLE, value.shape())));
        return ones;
    }

    /** A random number for each element of the outputs. */
    static Map<Output, INDArray> cotangents(Solution solution, Equation equation, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        Map<Output, INDArray> cotangents = new EnumMap<>(Output.class);
        for (Output output : equation.outputs()) {
            cotangents.put(
                    output, RandomMatrices.gaussian(solution.value(output).shape(), seeds.nextLong()));
        }
        return cotangents;
    }

    /** I + G G'/n. */
    private static INDArray definite(int n, long seed) {
        INDArray g = RandomMatrices.gaussian(n, n, seed);
        return g.mmul(g.transpose()).divi(n).addi(Nd4j.eye(n).castTo(DataType.DOUBLE));
    }

    /** shift I + a matrix of norm 1 at most. */
    private static INDArray shifted(int n, double shift, long seed) {
        return contraction(n, 1, seed).addi(Nd4j.eye(n).castTo(DataType.DOUBLE).muli(shift));
    }

    /** A matrix of 2-norm below the bound, with real and complex eigenvalues. */
    private static INDArray contraction(int n, double bound, long seed) {
        INDArray g = RandomMatrices.gaussian(n, n, seed);
        return g.divi(g.norm2Number().doubleValue() / bound + 1e-300);
    }
}
