/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.TriangularLyapunov;
import io.github.dl4jcurvature.linalg.TriangularStein;
import io.github.dl4jcurvature.linalg.TriangularSylvester;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/** The operator \(X \mapsto A X + X A^\top\) or \(X \mapsto X - A X A^\top\) and its adjoint, by A's Schur form. */
record StandardLyapunov(RealSchur schur, boolean discrete) {

    /** A solution X = H U', with H = U Y and Y the solution in the coordinates of the Schur form. */
    record Halves(ColumnMajor x, ColumnMajor h) {}

    /** Applies the inverse of the operator, or of its adjoint; a symmetric right-hand side takes half the work. */
    ColumnMajor solve(ColumnMajor rhs, boolean adjoint) {
        Halves halves = halves(rhs, adjoint);
        halves.h.close();
        return halves.x;
    }

    /** As {@link #solve}, with what it came through on the way back. */
    Halves halves(ColumnMajor rhs, boolean adjoint) {
        boolean symmetric = rhs.isSymmetric();
        MatrixView u = schur.orthogonal().view();
        MatrixView t = adjoint
                ? schur.triangular().view().transposed()
                : schur.triangular().view();
        ColumnMajor h = product(u.transposed(), rhs.view());
        ColumnMajor x = ColumnMajor.uninitialized(rhs.rows(), rhs.columns());
        multiply(symmetric, h, u, x);
        solveTriangular(t, x.view(), symmetric);
        Gemm.multiply(1, u, x.view(), 0, h.view());
        multiply(symmetric, h, u.transposed(), x);
        return new Halves(x, h);
    }

    /** S A X for symmetric S = G U' and X = H U': since A = U T U', it is G T H', and T has half the work. */
    ColumnMajor productThrough(ColumnMajor g, ColumnMajor h) {
        try (ColumnMajor ht = schur.timesTransposed(h)) {
            return product(g.view(), ht.view().transposed());
        }
    }

    private static void multiply(boolean symmetric, ColumnMajor a, MatrixView b, ColumnMajor target) {
        if (symmetric) {
            target.setSymmetricProduct(a.view(), b);
        } else {
            Gemm.multiply(1, a.view(), b, 0, target.view());
        }
    }

    private void solveTriangular(MatrixView t, MatrixView f, boolean symmetric) {
        if (discrete && symmetric) {
            TriangularStein.solveSymmetric(t, f);
        } else if (discrete) {
            TriangularStein.solve(t, t.transposed(), f);
        } else if (symmetric) {
            TriangularLyapunov.solve(t, f);
        } else {
            TriangularSylvester.solve(t, t.transposed(), f);
        }
    }
}
