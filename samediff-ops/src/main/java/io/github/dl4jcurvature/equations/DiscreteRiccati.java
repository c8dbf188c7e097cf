/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.LuFactorization;
import io.github.dl4jcurvature.linalg.SymplecticPencil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;
import static io.github.dl4jcurvature.linalg.ColumnMajor.symmetricProduct;

/** \(A^\top X A - X - (A^\top X B + S)(R + B^\top X B)^{-1}(B^\top X A + S^\top) + Q = 0\). */
final class DiscreteRiccati extends RiccatiForm {
    private static final Logger LOG = LoggerFactory.getLogger(DiscreteRiccati.class);
    private static final double WELL_CONDITIONED = 1e-12;

    DiscreteRiccati(ColumnMajor a, ColumnMajor b, ColumnMajor q, ColumnMajor r, @Nullable ColumnMajor s) {
        super(a, b, q, r, s);
    }

    @Override
    @Nullable
    ColumnMajor doubled() {
        ColumnMajor shift = shift();
        return shift == null ? doubled(this) : doubledFrom(shift);
    }

    @Override
    ColumnMajor bySchurForm() {
        LOG.debug("dare: doubling found no solution; the generalised Schur form is used");
        ColumnMajor x = GraphBasis.solution(Equation.DARE, SymplecticPencil.stableBasis(a, b, q, r, s));
        x.symmetrize();
        return x;
    }

    /** A matrix X0 such that R + B'X0 B can be inverted; none if R itself can. */
    private @Nullable ColumnMajor shift() {
        if (condition(r) >= WELL_CONDITIONED) {
            return null;
        }
        try (ColumnMajor g = inputMatrix(q)) {
            if (condition(g) >= WELL_CONDITIONED) {
                return q.copy();
            }
        }
        return ColumnMajor.zeros(a.rows(), a.rows()).addToDiagonal(Math.max(1, q.frobenius()));
    }

    private static double condition(ColumnMajor m) {
        return LuFactorization.reciprocalConditionOf(m.array());
    }

    private static @Nullable ColumnMajor doubled(DiscreteRiccati form) {
        try (CrossFree reduced = CrossFree.of("R", form.a, form.b, form.q, form.r, form.s)) {
            return Doubling.solve(reduced);
        }
    }

    /** Solves for X - X0. */
    private @Nullable ColumnMajor doubledFrom(ColumnMajor x0) {
        try (x0;
                ColumnMajor shiftedR = inputMatrix(x0);
                ColumnMajor ax = product(a.view().transposed(), x0.view());
                ColumnMajor shiftedS = product(ax.view(), b.view());
                ColumnMajor shiftedQ = product(ax.view(), a.view()).add(1, q).add(-1, x0)) {
            if (s != null) {
                shiftedS.add(1, s);
            }
            shiftedQ.symmetrize();
            if (condition(shiftedR) < WELL_CONDITIONED) {
                return null;
            }
            ColumnMajor y = doubled(new DiscreteRiccati(a, b, shiftedQ, shiftedR, shiftedS));
            return y == null ? null : y.add(1, x0);
        }
    }

    /** R + B'XB. */
    ColumnMajor inputMatrix(ColumnMajor x) {
        try (ColumnMajor xb = product(x.view(), b.view())) {
            ColumnMajor g = r.copy();
            Gemm.multiply(1, b.view().transposed(), xb.view(), 1, g.view());
            g.symmetrize();
            return g;
        }
    }

    @Override
    ColumnMajor gain(ColumnMajor x) {
        try (ColumnMajor bx = product(b.view().transposed(), x.view());
                ColumnMajor bxa = plusCross(product(bx.view(), a.view()));
                ColumnMajor g = inputMatrix(x)) {
            return solve("R + B'XB", g, bxa);
        }
    }

    @Override
    ColumnMajor gainChange(ColumnMajor change, ColumnMajor x, ColumnMajor k) {
        try (ColumnMajor closed = closedLoop(k);
                ColumnMajor bc = product(b.view().transposed(), change.view());
                ColumnMajor bca = product(bc.view(), closed.view());
                ColumnMajor g = inputMatrix(x)) {
            return solve("R + B'XB", g, bca);
        }
    }

    @Override
    List<ColumnMajor> residualTerms(ColumnMajor x, ColumnMajor k) {
        try (ColumnMajor xa = product(x.view(), a.view());
                ColumnMajor g = inputMatrix(x)) {
            return List.of(
                    symmetricProduct(a.view().transposed(), xa.view()),
                    x.copy().scale(-1),
                    q.copy(),
                    quadratic(k, g).scale(-1));
        }
    }

    @Override
    double newtonSign() {
        return 1;
    }

    @Override
    double margin(double real, double imaginary) {
        return 1 - Math.hypot(real, imaginary);
    }

    @Override
    Equation equation() {
        return Equation.DARE;
    }
}
