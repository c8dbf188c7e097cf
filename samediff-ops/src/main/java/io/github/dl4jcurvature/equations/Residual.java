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
    private static final int PROBES = 8;
    private static final double SUSPICIOUS = 1e-8;
    private static final double WRONG = 1e-3;

    private Residual() {}

    /**
     * Columns P, [n, at most 8], with which a residual is multiplied: its norm is \(\|R P\|_F\), exactly if n is at most
     * 8 and else in expectation over random signs.
     */
    static ColumnMajor probes(int n) {
        int columns = Math.min(n, PROBES);
        double[][] probes = new double[n][columns];
        SplittableRandom random = new SplittableRandom(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < columns; j++) {
                double sign = random.nextBoolean() ? 1 : -1;
                probes[i][j] = n > PROBES ? sign / Math.sqrt(PROBES) : i == j ? 1 : 0;
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
