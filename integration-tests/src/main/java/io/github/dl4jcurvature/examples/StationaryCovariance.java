/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.examples.equations.Covariances;
import io.github.dl4jcurvature.examples.equations.StateSpaceFit;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;

/**
 * Fits stable linear models with two to six states to the rows of handwritten digits, read from top to bottom, by
 * gradients through a discrete Lyapunov equation.
 */
public final class StationaryCovariance {
    private static final int SIDE = 8;
    private static final int STEPS = 3000;
    private static final int[] STATES = {2, 4, 6};

    private StationaryCovariance() {}

    /**
     * Fits and prints.
     *
     * @param arguments number of steps, if not 3000
     */
    public static void main(String[] arguments) {
        int steps = arguments.length > 0 ? Integer.parseInt(arguments[0]) : STEPS;
        OpticalDigits digits = new OpticalDigits(0);
        Covariances train =
                Covariances.ofRows(digits.part(Part.TRAIN, Target.CLASS).getFeatures(), SIDE);
        Covariances test =
                Covariances.ofRows(digits.part(Part.TEST, Target.CLASS).getFeatures(), SIDE);
        TextTable table = new TextTable("states", "mismatch at start", "training", "held out");
        Figures figures = new Figures();
        for (int states : STATES) {
            StateSpaceFit fit = new StateSpaceFit(states, train.zero(), train.one(), states);
            double start = fit.mismatch(train.zero(), train.one());
            fit.fit(steps);
            double training = fit.mismatch(train.zero(), train.one());
            double heldOut = fit.mismatch(test.zero(), test.one());
            table.row(
                    Integer.toString(states),
                    "%.3f".formatted(start),
                    "%.4f".formatted(training),
                    "%.4f".formatted(heldOut));
            figures.put("mismatch.train." + states, training).put("mismatch.heldout." + states, heldOut);
        }
        System.out.println(table);
        System.out.println(figures.put("mismatch.of.samples", train.distanceFrom(test)));
    }
}
