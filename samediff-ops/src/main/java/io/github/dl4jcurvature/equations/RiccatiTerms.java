/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.EnumMap;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.RealSchur;
import org.jspecify.annotations.Nullable;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/**
 * Derivatives of a solved Riccati equation: everything but the linear equation for Y or dX.
 *
 * <p>With \(A_c = A - B K\) and Y the solution of \(E Y A_c^\top + A_c Y E^\top = -\bar X\) (continuous) or \(E Y E^\top - A_c Y A_c^\top
 * = \bar X\) (discrete), \(\bar Q = Y\), \(\bar R = K Y K^\top\), \(\bar S = -2 Y K^\top\) and, with M = E or \(M = A_c\),
 * \(\bar A = 2 X M Y\), \(\bar B = -\bar A K^\top\). A cotangent of K adds terms to all of them and to \(\bar X\).
 */
final class RiccatiTerms {
    private final Equation equation;
    private final Map<Argument, ColumnMajor> arguments;
    private final Congruence congruence;
    private final RiccatiForm form;
    private final ColumnMajor a;
    private final ColumnMajor b;
    private final ColumnMajor x;
    private final ColumnMajor k;

    /** The arguments are those of the equation itself, x and k its solution and gain. */
    RiccatiTerms(
            Equation equation,
            Map<Argument, ColumnMajor> arguments,
            Congruence congruence,
            ColumnMajor x,
            ColumnMajor k) {
        this.equation = equation;
        this.arguments = arguments;
        this.congruence = congruence;
        this.x = x;
        this.k = k;
        a = Terms.get(arguments, Argument.A);
        b = Terms.get(arguments, Argument.B);
        form = RiccatiForm.of(
                equation,
                a,
                b,
                Terms.get(arguments, Argument.Q),
                Terms.get(arguments, Argument.R),
                arguments.get(Argument.S));
    }

    ColumnMajor x() {
        return x;
    }

    ColumnMajor k() {
        return k;
    }

    /** A - B K. */
    ColumnMajor closedLoop() {
        return form.closedLoop(k);
    }

    Map<Argument, ColumnMajor> gradients(RealSchur schur, Map<Output, ColumnMajor> cotangents) {
        requireDerivative(schur);
        Map<Argument, ColumnMajor> sums = new EnumMap<>(Argument.class);
        ColumnMajor xBar = Terms.get(cotangents, Output.SOLUTION).copy();
        ColumnMajor kBar = gainCotangent(cotangents, sums);
        if (kBar != null) {
            addGainTerms(kBar, xBar, sums);
            kBar.close();
        }
        xBar.symmetrize();
        addSolutionTerms(adjoint(schur, xBar), sums);
        xBar.close();
        if (!arguments.containsKey(Argument.E)) {
            sums.remove(Argument.E);
        }
        if (!arguments.containsKey(Argument.S)) {
            sums.remove(Argument.S);
        }
        return sums;
    }

    /** In the coordinates of E = I, which those of the Schur form are. */
    private void requireDerivative(RealSchur schur) {
        if (!arguments.containsKey(Argument.E)) {
            form.requireDerivative(x, k, schur);
            return;
        }
        try (ColumnMajor reducedA = congruence.left(a);
                ColumnMajor reducedB = congruence.left(b);
                ColumnMajor xe = congruence.after(x);
                ColumnMajor transposed = ColumnMajor.copyOf(xe.view().transposed());
                ColumnMajor z = congruence.after(transposed)) {
            z.symmetrize();
            RiccatiForm.of(equation, reducedA, reducedB, form.q, form.r, form.s).requireDerivative(z, k, schur);
        }
    }

    /** The cotangent of K, that of A - B K included, whose own terms are added. */
    private @Nullable ColumnMajor gainCotangent(Map<Output, ColumnMajor> cotangents, Map<Argument, ColumnMajor> sums) {
        ColumnMajor kBar = cotangents.get(Output.GAIN);
        ColumnMajor closedBar = cotangents.get(Output.CLOSED_LOOP);
        if (closedBar == null) {
            return kBar == null ? null : kBar.copy();
        }
        ColumnMajor total = product(b.view().transposed(), closedBar.view()).scale(-1);
        if (kBar != null) {
            total.add(1, kBar);
        }
        Terms.add(sums, Argument.A, closedBar.copy());
        Terms.add(
                sums,
                Argument.B,
                product(closedBar.view(), k.view().transposed()).scale(-1));
        return total;
    }

    private void addGainTerms(ColumnMajor kBar, ColumnMajor xBar, Map<Argument, ColumnMajor> sums) {
        boolean discrete = equation.isDiscrete();
        try (ColumnMajor inputs = inputMatrix();
                ColumnMajor lambda = RiccatiForm.solve("R + B'XB", inputs, kBar);
                ColumnMajor theta =
                        product(lambda.view(), k.view().transposed()).scale(-1);
                ColumnMajor xb = product(x.view(), b.view());
                ColumnMajor bLambda = product(b.view(), lambda.view());
                ColumnMajor other = discrete ? a.copy() : congruence.times(identity())) {
            theta.symmetrize();
            // d(B'X M) with M = A or E
            try (ColumnMajor xm = product(x.view(), other.view())) {
                Terms.add(sums, Argument.B, product(xm.view(), lambda.view().transposed()));
            }
            Terms.add(sums, discrete ? Argument.A : Argument.E, product(xb.view(), lambda.view()));
            Terms.add(sums, Argument.S, ColumnMajor.copyOf(lambda.view().transposed()));
            Gemm.multiply(1, bLambda.view(), other.view().transposed(), 1, xBar.view());
            if (discrete) { // d(B'X B)
                Terms.add(sums, Argument.B, product(xb.view(), theta.view()).scale(2));
                try (ColumnMajor bTheta = product(b.view(), theta.view())) {
                    Gemm.multiply(1, bTheta.view(), b.view().transposed(), 1, xBar.view());
                }
            }
            Terms.add(sums, Argument.R, theta.copy());
        }
    }

    /** Y. */
    private ColumnMajor adjoint(RealSchur schur, ColumnMajor xBar) {
        boolean discrete = equation.isDiscrete();
        try (ColumnMajor rhs = congruence.both(xBar).scale(discrete ? 1 : -1)) {
            rhs.symmetrize();
            return new StandardLyapunov(schur, discrete).solve(rhs, false);
        }
    }

    private void addSolutionTerms(ColumnMajor y, Map<Argument, ColumnMajor> sums) {
        boolean discrete = equation.isDiscrete();
        try (ColumnMajor closed = closedLoop();
                ColumnMajor closedY = product(closed.view(), y.view());
                ColumnMajor ey = congruence.times(y);
                ColumnMajor ky = product(k.view(), y.view())) {
            ColumnMajor aBar =
                    product(x.view(), (discrete ? closedY : ey).view()).scale(2);
            Terms.add(
                    sums,
                    Argument.B,
                    product(aBar.view(), k.view().transposed()).scale(-1));
            Terms.add(sums, Argument.A, aBar);
            if (arguments.containsKey(Argument.E)) {
                double sign = discrete ? -2 : 2;
                Terms.add(
                        sums,
                        Argument.E,
                        product(x.view(), (discrete ? ey : closedY).view()).scale(sign));
            }
            ColumnMajor rBar = product(ky.view(), k.view().transposed());
            rBar.symmetrize();
            Terms.add(sums, Argument.R, rBar);
            Terms.add(
                    sums, Argument.S, ColumnMajor.copyOf(ky.view().transposed()).scale(-2));
            Terms.add(sums, Argument.Q, y);
        }
    }

    Map<Output, ColumnMajor> derivatives(RealSchur schur, Map<Argument, ColumnMajor> directions) {
        requireDerivative(schur);
        ColumnMajor dX = solutionDerivative(schur, directions);
        ColumnMajor dK = gainDerivative(dX, directions);
        ColumnMajor dClosed = product(b.view(), dK.view()).scale(-1);
        ColumnMajor dA = directions.get(Argument.A);
        ColumnMajor dB = directions.get(Argument.B);
        if (dA != null) {
            dClosed.add(1, dA);
        }
        if (dB != null) {
            Gemm.multiply(-1, dB.view(), k.view(), 1, dClosed.view());
        }
        return Map.of(Output.SOLUTION, dX, Output.GAIN, dK, Output.CLOSED_LOOP, dClosed);
    }

    /** From E'dX A_c + A_c'dX E = -M or E'dX E - A_c'dX A_c = M. */
    private ColumnMajor solutionDerivative(RealSchur schur, Map<Argument, ColumnMajor> directions) {
        boolean discrete = equation.isDiscrete();
        int n = x.rows();
        try (ColumnMajor sum = ColumnMajor.zeros(n, n); // half of M but for Q and R
                ColumnMajor closed = closedLoop();
                ColumnMajor xe = congruence.after(x);
                ColumnMajor xc = product(x.view(), closed.view())) {
            ColumnMajor ofA = discrete ? xc : xe; // its transpose is what dA is multiplied by
            ColumnMajor dA = directions.get(Argument.A);
            ColumnMajor dB = directions.get(Argument.B);
            ColumnMajor dE = directions.get(Argument.E);
            ColumnMajor dS = directions.get(Argument.S);
            if (dA != null) {
                Gemm.multiply(1, ofA.view().transposed(), dA.view(), 1, sum.view());
            }
            if (dE != null) {
                ColumnMajor ofE = discrete ? xe : xc;
                Gemm.multiply(discrete ? -1 : 1, ofE.view().transposed(), dE.view(), 1, sum.view());
            }
            if (dB != null) {
                try (ColumnMajor xdB = product(ofA.view().transposed(), dB.view())) {
                    Gemm.multiply(-1, xdB.view(), k.view(), 1, sum.view());
                }
            }
            if (dS != null) {
                Gemm.multiply(-1, dS.view(), k.view(), 1, sum.view());
            }
            sum.symmetrize();
            sum.scale(2);
            addCosts(directions, sum);
            sum.scale(discrete ? 1 : -1);
            try (ColumnMajor w = new StandardLyapunov(schur, discrete).solve(sum, true)) {
                ColumnMajor dX = congruence.bothTransposed(w);
                dX.symmetrize();
                return dX;
            }
        }
    }

    private void addCosts(Map<Argument, ColumnMajor> directions, ColumnMajor sum) {
        ColumnMajor dQ = directions.get(Argument.Q);
        ColumnMajor dR = directions.get(Argument.R);
        if (dQ != null) {
            sum.add(1, dQ);
        }
        if (dR != null) {
            try (ColumnMajor kdRk = RiccatiForm.quadratic(k, dR)) {
                sum.add(1, kdRk);
            }
        }
    }

    /** From (R + B'XB) dK = d(B'X M + S') - d(R + B'XB) K with M = A or E, without B'XB if continuous. */
    private ColumnMajor gainDerivative(ColumnMajor dX, Map<Argument, ColumnMajor> directions) {
        boolean discrete = equation.isDiscrete();
        ColumnMajor dA = directions.get(Argument.A);
        ColumnMajor dB = directions.get(Argument.B);
        ColumnMajor dE = directions.get(Argument.E);
        ColumnMajor dR = directions.get(Argument.R);
        ColumnMajor dS = directions.get(Argument.S);
        try (ColumnMajor closed = closedLoop();
                ColumnMajor other = discrete ? closed.copy() : congruence.times(identity());
                ColumnMajor dXm = product(dX.view(), other.view());
                ColumnMajor xm = product(x.view(), other.view());
                ColumnMajor bx = product(b.view().transposed(), x.view());
                ColumnMajor rhs = product(b.view().transposed(), dXm.view());
                ColumnMajor inputs = inputMatrix()) {
            if (dB != null) {
                Gemm.multiply(1, dB.view().transposed(), xm.view(), 1, rhs.view());
                if (discrete) {
                    try (ColumnMajor bxdB = product(bx.view(), dB.view())) {
                        Gemm.multiply(-1, bxdB.view(), k.view(), 1, rhs.view());
                    }
                }
            }
            ColumnMajor dM = discrete ? dA : dE;
            if (dM != null) {
                Gemm.multiply(1, bx.view(), dM.view(), 1, rhs.view());
            }
            if (dS != null) {
                try (ColumnMajor transposed = ColumnMajor.copyOf(dS.view().transposed())) {
                    rhs.add(1, transposed);
                }
            }
            if (dR != null) {
                Gemm.multiply(-1, dR.view(), k.view(), 1, rhs.view());
            }
            return RiccatiForm.solve("R + B'XB", inputs, rhs);
        }
    }

    /** R, or R + B'XB. */
    private ColumnMajor inputMatrix() {
        return form instanceof DiscreteRiccati discrete ? discrete.inputMatrix(x) : form.r.copy();
    }

    private ColumnMajor identity() {
        return ColumnMajor.zeros(x.rows(), x.rows()).addToDiagonal(1);
    }
}
