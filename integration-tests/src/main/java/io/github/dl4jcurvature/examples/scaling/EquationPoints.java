/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import io.github.dl4jcurvature.examples.equations.SpeedSystem;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;

/** Processor time of a solution with its gradient, by the order. */
public final class EquationPoints {
    private static final List<Integer> ORDERS = List.of(50, 100, 200, 400);
    private static final List<Equation> EQUATIONS = List.of(Equation.LYAPUNOV, Equation.CARE);
    private static final int WARM_UP = 5;
    private static final int REPETITIONS = 3;

    private EquationPoints() {}

    /**
     * Measures.
     *
     * @param figures receives seconds
     * @param extrapolation receives seconds for order 2000
     * @return the same
     */
    public static TextTable measure(Figures figures, Extrapolation extrapolation) {
        TextTable table = new TextTable("equation", "n", "solution and gradient s");
        for (Equation equation : EQUATIONS) {
            NavigableMap<Integer, Double> measured = new TreeMap<>();
            String name = equation.name().toLowerCase(Locale.ROOT);
            for (int order : ORDERS) {
                SpeedSystem system = new SpeedSystem(equation, order);
                double seconds = ProcessorTime.median(order > 200 ? 1 : WARM_UP, REPETITIONS, () -> {
                    Solution solution = equation.solve(system.arguments());
                    solution.gradients(Map.of(Output.SOLUTION, solution.solution()));
                });
                table.row(name, Integer.toString(order), "%.4f".formatted(seconds));
                figures.put("seconds.%s.%d".formatted(name, order), seconds);
                measured.put(order, seconds);
            }
            extrapolation.add(name, "order", 3, measured, 2000);
        }
        return table;
    }
}
