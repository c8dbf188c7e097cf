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

    /** Applies the inverse of the operator, or of its adjoint; a symmetric right-hand side takes half the work. */
    ColumnMajor solve(ColumnMajor rhs, boolean adjoint) {
        boolean symmetric = rhs.isSymmetric();
        MatrixView u = schur.orthogonal().view();
        MatrixView t = adjoint
                ? schur.triangular().view().transposed()
                : schur.triangular().view();
        try (ColumnMajor ur = product(u.transposed(), rhs.view())) {
            ColumnMajor x = ColumnMajor.uninitialized(rhs.rows(), rhs.columns());
            multiply(symmetric, ur, u, x);
            solveTriangular(t, x.view(), symmetric);
            Gemm.multiply(1, u, x.view(), 0, ur.view());
            multiply(symmetric, ur, u.transposed(), x);
            return x;
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
