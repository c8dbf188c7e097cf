/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.SplittableRandom;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges the residual of a computed solution. */
final class Residual {
    private static final Logger LOG = LoggerFactory.getLogger(Residual.class);
    /** Up to this order the residual is computed, beyond it is estimated. */
    static final int SMALL = 64;

    private static final int PROBES = 8;
    private static final double SUSPICIOUS = 1e-8;
    private static final double WRONG = 1e-3;

    private Residual() {}

    /** Random signs P, [n, 8], scaled so that the squared norm of a residual times P is that of the residual on average. */
    static ColumnMajor probes(int n) {
        double[][] probes = new double[n][PROBES];
        SplittableRandom random = new SplittableRandom(n);
        double size = 1 / Math.sqrt(PROBES);
        for (double[] row : probes) {
            for (int j = 0; j < PROBES; j++) {
                row[j] = random.nextBoolean() ? size : -size;
            }
        }
        return ColumnMajor.copyOf("probes", Nd4j.createFromArray(probes));
    }

    /** Throws if a solution is wrong, warns if it is suspicious, and returns the residual. */
    static double judge(Equation equation, double relative) {
        if (!(relative <= WRONG)) {
            throw new SingularEquationException(
                    "%s equation: the computed solution has a relative residual of %.3g: too ill-conditioned; scale the matrices"
                            .formatted(equation.title(), relative));
        }
        if (relative > SUSPICIOUS) {
            LOG.warn(
                    "{} equation: relative residual {}: ill-conditioned, few digits of the solution are right",
                    equation.title(),
                    relative);
        }
        return relative;
    }
}
