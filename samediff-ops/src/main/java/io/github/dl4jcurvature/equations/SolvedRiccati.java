/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.RealSchur;

/** A Riccati equation with E and S, by congruence with E. */
final class SolvedRiccati implements SolvedEquation {
    private final RiccatiTerms terms;
    private final RealSchur closedLoop;
    private final double residual;

    private SolvedRiccati(RiccatiTerms terms, RealSchur closedLoop, double residual) {
        this.terms = terms;
        this.closedLoop = closedLoop;
        this.residual = residual;
    }

    static SolvedEquation of(Equation equation, Map<Argument, ColumnMajor> arguments) {
        Congruence congruence = Congruence.of(arguments.get(Argument.E));
        try (ColumnMajor a = congruence.left(Terms.get(arguments, Argument.A));
                ColumnMajor b = congruence.left(Terms.get(arguments, Argument.B))) {
            StabilisingSolution standard = StabilisingSolution.of(RiccatiForm.of(
                    equation,
                    a,
                    b,
                    Terms.get(arguments, Argument.Q),
                    Terms.get(arguments, Argument.R),
                    arguments.get(Argument.S)));
            ColumnMajor x = congruence.bothTransposed(standard.x());
            x.symmetrize();
            standard.x().close();
            RiccatiTerms terms = new RiccatiTerms(equation, arguments, congruence, x, standard.k());
            return new SolvedRiccati(terms, standard.closedLoop(), standard.residual());
        }
    }

    static SolvedEquation restored(Equation equation, Map<Argument, ColumnMajor> arguments, List<ColumnMajor> factors) {
        Congruence congruence = Congruence.of(arguments.get(Argument.E));
        RiccatiTerms terms = new RiccatiTerms(equation, arguments, congruence, factors.get(0), factors.get(1));
        return new SolvedRiccati(terms, RealSchur.restored(factors.get(2), factors.get(3)), Double.NaN);
    }

    @Override
    public ColumnMajor output(Output output) {
        return switch (output) {
            case SOLUTION -> terms.x();
            case GAIN -> terms.k();
            case CLOSED_LOOP -> terms.closedLoop();
        };
    }

    @Override
    public Map<Argument, ColumnMajor> gradients(Map<Output, ColumnMajor> cotangents) {
        return terms.gradients(closedLoop, cotangents);
    }

    @Override
    public Map<Output, ColumnMajor> derivatives(Map<Argument, ColumnMajor> directions) {
        return terms.derivatives(closedLoop, directions);
    }

    @Override
    public List<ColumnMajor> factors() {
        return List.of(terms.x(), terms.k(), closedLoop.triangular(), closedLoop.orthogonal());
    }

    @Override
    public double relativeResidual() {
        return residual;
    }
}
