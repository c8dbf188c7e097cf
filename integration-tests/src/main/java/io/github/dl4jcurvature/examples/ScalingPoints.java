/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.scaling.BatchPoints;
import io.github.dl4jcurvature.examples.scaling.EquationPoints;
import io.github.dl4jcurvature.examples.scaling.LatentPoints;
import io.github.dl4jcurvature.examples.scaling.WidthPoints;

/** Memory and processor time of each method at a few sizes, for extrapolation. */
public final class ScalingPoints {
    private ScalingPoints() {}

    /**
     * Measures and prints.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        Figures figures = new Figures();
        System.out.println(WidthPoints.measure(figures));
        System.out.println();
        System.out.println(BatchPoints.measure(figures));
        System.out.println();
        System.out.println(LatentPoints.measure(figures));
        System.out.println();
        System.out.println(EquationPoints.measure(figures));
        System.out.println();
        System.out.println(figures);
    }
}
