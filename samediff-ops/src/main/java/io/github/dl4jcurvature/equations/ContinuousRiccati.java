/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.jspecify.annotations.Nullable;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/** \(X A + A^\top X - (X B + S) R^{-1} (B^\top X + S^\top) + Q = 0\). */
final class ContinuousRiccati extends RiccatiForm {
    private static final int LARGE = 128;

    ContinuousRiccati(ColumnMajor a, ColumnMajor b, ColumnMajor q, ColumnMajor r, @Nullable ColumnMajor s) {
        super(a, b, q, r, s);
    }

    /** For large matrices only: the Schur form is more accurate. */
    @Override
    @Nullable
    ColumnMajor doubled() {
        if (a.rows() < LARGE) {
            return null;
        }
        try (CrossFree reduced = CrossFree.of("R", a, b, q, r, s)) {
            return CayleyTransform.solve(reduced);
        }
    }

    @Override
    ColumnMajor bySchurForm() {
        try (CrossFree reduced = CrossFree.of("R", a, b, q, r, s)) {
            return new Hamiltonian(reduced.a(), reduced.g(), reduced.q()).stabilisingSolution();
        }
    }

    @Override
    ColumnMajor gain(ColumnMajor x) {
        try (ColumnMajor bx = plusCross(product(b.view().transposed(), x.view()))) {
            return solve("R", r, bx);
        }
    }

    @Override
    ColumnMajor gainChange(ColumnMajor change, ColumnMajor x, ColumnMajor k) {
        try (ColumnMajor bc = product(b.view().transposed(), change.view())) {
            return solve("R", r, bc);
        }
    }

    @Override
    List<ColumnMajor> residualTerms(ColumnMajor x, ColumnMajor k) {
        ColumnMajor xa = product(x.view(), a.view());
        return List.of(
                ColumnMajor.copyOf(xa.view().transposed()),
                xa,
                q.copy(),
                quadratic(k, r).scale(-1));
    }

    @Override
    double newtonSign() {
        return -1;
    }

    @Override
    double margin(double real, double imaginary) {
        return -real;
    }

    @Override
    Equation equation() {
        return Equation.CARE;
    }
}
