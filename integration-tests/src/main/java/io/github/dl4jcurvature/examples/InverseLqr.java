/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

import io.github.dl4jcurvature.examples.equations.CostRecovery;
import io.github.dl4jcurvature.examples.report.CurveFigure;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.HtmlReport;

/** Recovers the cost of a linear-quadratic regulator from its trajectories, by derivatives of a Riccati equation. */
public final class InverseLqr {
    private static final int SEEDS = 3;
    private static final int ITERATIONS = 60;

    private InverseLqr() {}

    /**
     * Learns for three sets of trajectories and writes a page with the curves.
     *
     * @param arguments directory of the page; {@code target/inverse-lqr} if absent
     * @throws IOException if the page cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments.length > 0 ? arguments[0] : "target/inverse-lqr");
        CurveFigure figure = new CurveFigure(
                "Inverse LQR: loss (solid) and error of Q (dashed), logarithms to base 10", "iterations", "log10");
        Figures figures = new Figures();
        for (int seed = 0; seed < SEEDS; seed++) {
            CostRecovery recovery = new CostRecovery(seed);
            recovery.run(ITERATIONS);
            figure.add("trajectories " + seed, recovery.curve(0), log(recovery.curve(1)), log(recovery.curve(2)));
            figures.put("loss." + seed, recovery.last(1))
                    .put("error." + seed, recovery.last(2))
                    .put("iterations." + seed, recovery.last(0));
        }
        HtmlReport report = new HtmlReport("Inverse LQR");
        report.figure(figure);
        Path page = directory.resolve("index.html");
        report.write(page);
        System.out.println("report: " + page.toAbsolutePath());
        System.out.println(figures);
    }

    private static double[] log(double[] values) {
        return Arrays.stream(values).map(x -> Math.log10(Math.max(x, 1e-30))).toArray();
    }
}
