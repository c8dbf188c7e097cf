/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * CPU seconds of the same solutions here and in SciPy, turn by turn.
 *
 * <p>Seconds are medians over the rounds; the speed-up and the gradient's share are medians of the ratios within a round, since the
 * speed of a processor that others use too changes between rounds.
 */
public final class SpeedComparison {
    private static final Map<String, Equation> EQUATIONS = equations();

    private final TextTable table = new TextTable(
            "equation", "n", "ours s", "SciPy s", "speed-up", "spread", "gradient", "difference", "repeats");
    private final Figures figures = new Figures();
    private final Path directory;
    private final @Nullable SciPy scipy;
    private final Map<String, Equation> equations;

    /**
     * Creates the comparison.
     *
     * @param directory for the matrices
     * @param scipy what to compare with, if it is there
     * @param names equations to measure; all if empty
     * @throws IllegalArgumentException if a name is unknown
     */
    public SpeedComparison(Path directory, @Nullable SciPy scipy, List<String> names) {
        if (!EQUATIONS.keySet().containsAll(names)) {
            throw new IllegalArgumentException(
                    "equations must be among %s but are %s".formatted(EQUATIONS.keySet(), names));
        }
        this.directory = directory;
        this.scipy = scipy;
        equations = new LinkedHashMap<>(EQUATIONS);
        if (!names.isEmpty()) {
            equations.keySet().retainAll(names);
        }
    }

    private static Map<String, Equation> equations() {
        Map<String, Equation> equations = new LinkedHashMap<>();
        equations.put("sylvester", Equation.SYLVESTER);
        equations.put("lyapunov", Equation.LYAPUNOV);
        equations.put("dlyapunov", Equation.DISCRETE_LYAPUNOV);
        equations.put("care", Equation.CARE);
        equations.put("dare", Equation.DARE);
        return equations;
    }

    /**
     * Measures all equations at some orders.
     *
     * @param orders numbers of rows
     */
    public void run(int... orders) {
        for (int n : orders) {
            equations.forEach((name, equation) -> compare(name, new SpeedSystem(equation, n), n));
        }
    }

    private void compare(String name, SpeedSystem system, int n) {
        Equation equation = system.equation();
        system.write(directory);
        int repeats = repeats(n);
        warmUp(system, n);
        List<Double> forward = new ArrayList<>();
        List<Double> both = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        Solution solution = equation.solve(system.arguments());
        INDArray cotangent = cotangent(solution);
        for (int i = 0; i < repeats; i++) {
            double start = cpuSeconds();
            solution = equation.solve(system.arguments());
            double solved = cpuSeconds();
            solution.gradients(Map.of(Output.SOLUTION, cotangent));
            double differentiated = cpuSeconds();
            forward.add(solved - start);
            both.add(differentiated - start);
            if (scipy != null) {
                theirs.add(scipy.seconds(equation, n));
            }
        }
        report(name, n, forward, both, theirs, scipy == null ? null : difference(solution, n));
    }

    /** Until the virtual machine has compiled what small systems spend their time in. */
    private static void warmUp(SpeedSystem system, int n) {
        int rounds = n <= 50 ? 3000 : n <= 200 ? 20 : n <= 500 ? 2 : 1;
        for (int i = 0; i < rounds; i++) {
            Solution solution = system.equation().solve(system.arguments());
            solution.gradients(Map.of(Output.SOLUTION, cotangent(solution)));
        }
    }

    private static INDArray cotangent(Solution solution) {
        INDArray x = solution.solution();
        return x.divi(Math.max(x.norm2Number().doubleValue(), Double.MIN_NORMAL));
    }

    private static int repeats(int n) {
        return n <= 50 ? 101 : n <= 200 ? 51 : n <= 500 ? 7 : 3;
    }

    private double difference(Solution solution, int n) {
        INDArray x = solution.solution();
        return x.sub(SciPy.solution(directory, n)).norm2Number().doubleValue()
                / x.norm2Number().doubleValue();
    }

    private void report(
            String name,
            int n,
            List<Double> forward,
            List<Double> both,
            List<Double> theirs,
            @Nullable Double difference) {
        double gradient = median(ratios(both, forward));
        boolean compared = !theirs.isEmpty();
        double speedup = compared ? median(ratios(theirs, forward)) : Double.NaN;
        table.row(
                name,
                Integer.toString(n),
                "%.5f".formatted(median(forward)),
                compared ? "%.5f".formatted(median(theirs)) : "",
                compared ? "%.2f".formatted(speedup) : "",
                "%.5f - %.5f".formatted(least(forward), most(forward)),
                "%.2f".formatted(gradient),
                difference == null ? "" : "%.1e".formatted(difference),
                Integer.toString(forward.size()));
        if (compared) {
            figures.put("speedup.%s.%d".formatted(name, n), speedup);
        }
        figures.put("gradient.%s.%d".formatted(name, n), gradient);
    }

    private static List<Double> ratios(List<Double> numerators, List<Double> denominators) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < numerators.size(); i++) {
            ratios.add(numerators.get(i) / denominators.get(i));
        }
        return ratios;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(x -> x).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double least(List<Double> values) {
        return Arrays.stream(values.toArray(new Double[0]))
                .mapToDouble(x -> x)
                .min()
                .orElse(Double.NaN);
    }

    private static double most(List<Double> values) {
        return Arrays.stream(values.toArray(new Double[0]))
                .mapToDouble(x -> x)
                .max()
                .orElse(Double.NaN);
    }

    /** Of this thread: BLAS has one thread, and compilers and collectors of the virtual machine do not count. */
    private static double cpuSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }

    /**
     * What was measured.
     *
     * @return the figures
     */
    public Figures figures() {
        return figures;
    }

    /** The table of medians; the spread is that of our seconds. */
    @Override
    public String toString() {
        return table.toString();
    }
}
