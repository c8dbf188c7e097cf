/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.LuFactorization;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;
import static io.github.dl4jcurvature.linalg.ColumnMajor.symmetricProduct;

/** A Riccati equation with E = I: what its continuous and its discrete form have in common. */
abstract class RiccatiForm {
    private static final Logger LOG = LoggerFactory.getLogger(RiccatiForm.class);
    /** A double eigenvalue on the border moves this far by rounding. */
    private static final double BORDER = 0x1p-24;

    final ColumnMajor a;
    final ColumnMajor b;
    final ColumnMajor q;
    final ColumnMajor r;
    final @Nullable ColumnMajor s;

    RiccatiForm(ColumnMajor a, ColumnMajor b, ColumnMajor q, ColumnMajor r, @Nullable ColumnMajor s) {
        this.a = a;
        this.b = b;
        this.q = q;
        this.r = r;
        this.s = s;
    }

    static RiccatiForm of(
            Equation equation, ColumnMajor a, ColumnMajor b, ColumnMajor q, ColumnMajor r, @Nullable ColumnMajor s) {
        return equation.isDiscrete() ? new DiscreteRiccati(a, b, q, r, s) : new ContinuousRiccati(a, b, q, r, s);
    }

    /** Residual of a candidate: symmetric matrix, its norm, and the sum of the norms of the terms. */
    record Remainder(ColumnMajor matrix, double norm, double size) {
        double relative() {
            return Terms.ratio(norm, size);
        }
    }

    /** A solution, more or less accurate, by doubling; nothing if that breaks down or does not pay. */
    abstract @Nullable ColumnMajor doubled();

    /**
     * A solution, more or less accurate, by a stable invariant subspace.
     *
     * @throws SingularEquationException if there is none
     */
    abstract ColumnMajor bySchurForm();

    /** The gain of a solution. */
    abstract ColumnMajor gain(ColumnMajor x);

    /** Fresh matrices, each of shape [n, n], that add up to the residual of a solution and its gain. */
    abstract List<ColumnMajor> residualTerms(ColumnMajor x, ColumnMajor k);

    /** Residual of a solution and its gain. */
    final Remainder remainder(ColumnMajor x, ColumnMajor k) {
        List<ColumnMajor> terms = residualTerms(x, k);
        ColumnMajor sum = terms.get(0);
        double size = sum.frobenius();
        for (ColumnMajor term : terms.subList(1, terms.size())) {
            size += term.frobenius();
            sum.add(1, term);
            term.close();
        }
        sum.symmetrize();
        return new Remainder(sum, sum.frobenius(), size);
    }

    /**
     * The residual of a solution, shape [n, n], each element at least one rounding of the sum of its terms' absolute values: by
     * luck the residual may be zero where the closed loop is not exact.
     */
    private ColumnMajor residualAndRounding(ColumnMajor x, ColumnMajor k) {
        List<ColumnMajor> terms = residualTerms(x, k);
        int n = x.rows();
        double[] elements = new double[n * n];
        for (int j = 0; j < n; j++) {
            double[] sum = new double[n];
            double[] size = new double[n];
            for (ColumnMajor term : terms) {
                double[] column = term.column(j);
                for (int i = 0; i < n; i++) {
                    sum[i] += column[i];
                    size[i] += Math.abs(column[i]);
                }
            }
            for (int i = 0; i < n; i++) {
                elements[i + j * n] = Math.copySign(Math.max(Math.abs(sum[i]), Separation.EPSILON * size[i]), sum[i]);
            }
        }
        terms.forEach(ColumnMajor::close);
        ColumnMajor residual =
                ColumnMajor.copyOf("residual", Nd4j.createFromArray(elements).reshape('f', n, n));
        residual.symmetrize();
        return residual;
    }

    /** The Newton correction solves the closed loop's Lyapunov equation for this multiple of the residual. */
    abstract double newtonSign();

    /** How far inside the region of stability an eigenvalue is; not positive if it is outside. */
    abstract double margin(double real, double imaginary);

    abstract Equation equation();

    /** A - B K. */
    final ColumnMajor closedLoop(ColumnMajor k) {
        ColumnMajor closed = a.copy();
        Gemm.multiply(-1, b.view(), k.view(), 1, closed.view());
        return closed;
    }

    /** Solves for the matrix of inputs, R or R + B'XB. */
    static ColumnMajor solve(String name, ColumnMajor matrix, ColumnMajor rhs) {
        return ColumnMajor.of(LuFactorization.of(name, matrix.array()).solve(rhs.array()));
    }

    /** M + S' for an [m, n] matrix M, in place. */
    final ColumnMajor plusCross(ColumnMajor m) {
        if (s != null) {
            try (ColumnMajor transposed = ColumnMajor.copyOf(s.view().transposed())) {
                m.add(1, transposed);
            }
        }
        return m;
    }

    /** K' M K, symmetric. */
    static ColumnMajor quadratic(ColumnMajor k, ColumnMajor m) {
        try (ColumnMajor mk = product(m.view(), k.view())) {
            return symmetricProduct(k.view().transposed(), mk.view());
        }
    }

    /** Throws unless all eigenvalues of the closed loop are in the region of stability and the residual is small. */
    final StabilisingSolution requireSound(StabilisingSolution solution) {
        RealSchur closedLoop = solution.closedLoop();
        int worst = worst(closedLoop);
        double real = closedLoop.realParts()[worst];
        double imaginary = closedLoop.imaginaryParts()[worst];
        double margin = margin(real, imaginary);
        String value = Separation.number(real, imaginary);
        if (!(margin > 0)) {
            throw new SingularEquationException(
                    "%s: no stabilising solution: eigenvalue %s of the closed loop is not %s; %s"
                            .formatted(name(), value, region(), remedy()));
        }
        if (margin <= BORDER * Math.hypot(real, imaginary)) {
            LOG.warn(
                    "{}: eigenvalue {} of the closed loop is only {} from the border of stability:"
                            + " half of the digits of the solution may be lost",
                    name(),
                    value,
                    margin);
        }
        Residual.judge(equation(), solution.residual());
        return solution;
    }

    final boolean isStable(RealSchur closedLoop) {
        return margin(closedLoop) > 0;
    }

    /**
     * Throws if the distance of the closed loop from the border of stability has no correct digit: a Newton correction for
     * the residual, which at a solution is nothing but rounding, changes it by a tenth or more.
     *
     * @param x a solution
     * @param k its gain
     * @param closedLoop Schur form of A - B K
     */
    final void requireDerivative(ColumnMajor x, ColumnMajor k, RealSchur closedLoop) {
        int worst = worst(closedLoop);
        double real = closedLoop.realParts()[worst];
        double imaginary = closedLoop.imaginaryParts()[worst];
        double margin = margin(real, imaginary);
        double shift = shift(x, k, closedLoop, margin / 10);
        if (!(shift < margin / 10)) {
            throw new SingularEquationException(
                    "%s: no derivative: eigenvalue %s of the closed loop is %.3g from the border of stability, which rounding alone moves by %.3g; %s"
                            .formatted(name(), Separation.number(real, imaginary), margin, shift, remedy()));
        }
    }

    /** How far a Newton correction moves the margin; at once if a bound on it is below what is tolerated. */
    private double shift(ColumnMajor x, ColumnMajor k, RealSchur closedLoop, double tolerated) {
        try (ColumnMajor residual = residualAndRounding(x, k).scale(newtonSign());
                ColumnMajor change = new StandardLyapunov(closedLoop, equation().isDiscrete()).solve(residual, true);
                ColumnMajor gainChange = gainChange(change, x, k)) {
            try (ColumnMajor moved = product(b.view(), gainChange.view())) {
                double bound = moved.frobenius();
                if (bound < tolerated) {
                    return bound;
                }
            }
            try (ColumnMajor corrected = closedLoop(gainChange.add(1, k));
                    RealSchur schur = RealSchur.of("A - B K", corrected)) {
                return Math.abs(margin(schur) - margin(closedLoop));
            }
        }
    }

    private double margin(RealSchur closedLoop) {
        int worst = worst(closedLoop);
        return margin(closedLoop.realParts()[worst], closedLoop.imaginaryParts()[worst]);
    }

    /** Derivative of the gain in the direction of a change of the solution. */
    abstract ColumnMajor gainChange(ColumnMajor change, ColumnMajor x, ColumnMajor k);

    private int worst(RealSchur closedLoop) {
        double[] real = closedLoop.realParts();
        double[] imaginary = closedLoop.imaginaryParts();
        int worst = 0;
        for (int i = 1; i < real.length; i++) {
            if (margin(real[i], imaginary[i]) < margin(real[worst], imaginary[worst])) {
                worst = i;
            }
        }
        return worst;
    }

    final String name() {
        return equation().title();
    }

    private String region() {
        return equation().isDiscrete() ? "inside the unit circle" : "left of the imaginary axis";
    }

    static String remedy() {
        return "make (A, B) stabilisable or weigh the unobservable mode in Q";
    }
}
