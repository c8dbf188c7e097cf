/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.dl4jcurvature.examples.equations.AccuracyTable;

/** Residuals and errors on the benchmark collections CAREX, DAREX, CTLEX and DTLEX, beside SciPy's. */
public final class MatrixEquationAccuracy {
    private static final String RECORDED = "samediff-ops/src/test/resources/golden";

    private MatrixEquationAccuracy() {}

    /**
     * Solves and prints.
     *
     * @param arguments a directory with {@code matrix-equations/carex_darex.json} and {@code ctlex_dtlex.json}; those
     *     of this project if absent
     */
    public static void main(String[] arguments) {
        AccuracyTable table = new AccuracyTable();
        table.run(arguments.length > 0 ? Path.of(arguments[0]) : recorded());
        System.out.println(table);
        System.out.println(table.figures());
    }

    /** Seen from the project or from one of its modules. */
    private static Path recorded() {
        Path here = Path.of(RECORDED);
        return Files.exists(here) ? here : Path.of("..").resolve(RECORDED);
    }
}
