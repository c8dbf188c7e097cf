/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.scaling.BatchPoints;
import io.github.dl4jcurvature.examples.scaling.EquationPoints;
import io.github.dl4jcurvature.examples.scaling.Extrapolation;
import io.github.dl4jcurvature.examples.scaling.LatentPoints;
import io.github.dl4jcurvature.examples.scaling.WidthPoints;

/** Memory and processor time of each method at a few sizes, and what they come to at larger ones. */
public final class ScalingPoints {
    private ScalingPoints() {}

    /**
     * Measures and prints.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        Figures figures = new Figures();
        Extrapolation extrapolation = new Extrapolation(figures);
        System.out.println(WidthPoints.measure(figures, extrapolation));
        System.out.println();
        System.out.println(BatchPoints.measure(figures, extrapolation));
        System.out.println();
        System.out.println(LatentPoints.measure(figures, extrapolation));
        System.out.println();
        System.out.println(EquationPoints.measure(figures, extrapolation));
        System.out.println();
        System.out.println(extrapolation);
        System.out.println();
        System.out.println(figures);
    }
}
