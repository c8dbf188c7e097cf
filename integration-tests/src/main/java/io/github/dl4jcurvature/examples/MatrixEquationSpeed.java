/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.examples.equations.SciPy;
import io.github.dl4jcurvature.examples.equations.SpeedComparison;
import io.github.dl4jcurvature.examples.experiment.Machine;

/** CPU seconds of matrix equations and their gradients, beside SciPy's on the same matrices. */
public final class MatrixEquationSpeed {
    private static final List<String> ORDERS = List.of("50", "200", "500", "1000");

    private MatrixEquationSpeed() {}

    /**
     * Measures and prints. Needs {@code OMP_NUM_THREADS=1} to compare one thread with one thread.
     *
     * @param arguments orders and names of equations in any order; 50, 200, 500 and 1000 and all equations if absent
     * @throws IOException if the temporary directory cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        List<String> names =
                Arrays.stream(arguments).filter(argument -> !isOrder(argument)).toList();
        List<String> given =
                Arrays.stream(arguments).filter(MatrixEquationSpeed::isOrder).toList();
        List<String> orders = given.isEmpty() ? ORDERS : given;
        Path directory = Files.createTempDirectory("matrix-equations");
        try (SciPy scipy = SciPy.start(directory).orElse(null)) {
            SpeedComparison comparison = new SpeedComparison(directory, scipy, names);
            comparison.run(orders.stream().mapToInt(Integer::parseInt).toArray());
            System.out.println(Machine.description());
            System.out.println(scipy == null ? "no python3 with SciPy: our seconds only" : scipy.version());
            System.out.println(comparison);
            System.out.println(comparison.figures());
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static boolean isOrder(String argument) {
        return argument.chars().allMatch(Character::isDigit);
    }
}
