/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Arrays;

import io.github.dl4jcurvature.linalg.Balancing;
import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.MatrixView;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.SingularEquationException;

/**
 * The Hamiltonian matrix \(\begin{pmatrix} A &amp; -G \\ -Q &amp; -A^\top \end{pmatrix}\), scaled and balanced, whose stable
 * invariant subspace gives the stabilising solution.
 *
 * <p>Source: Laub, A Schur method for solving algebraic Riccati equations (1979); symplectic balancing after Benner,
 * Symplectic balancing of Hamiltonian matrices (2001).
 */
final class Hamiltonian {
    private final int n;
    private final double rho;
    private final double[] scales;
    private final ColumnMajor matrix;

    Hamiltonian(ColumnMajor a, ColumnMajor g, ColumnMajor q) {
        n = a.rows();
        rho = normRatio(g, q);
        matrix = ColumnMajor.uninitialized(2L * n, 2L * n);
        MatrixView top = matrix.view().rows(0, n);
        MatrixView bottom = matrix.view().rows(n, 2 * n);
        ColumnMajor.copy(1, a.view(), top.columns(0, n));
        ColumnMajor.copy(-rho, g.view(), top.columns(n, 2 * n));
        ColumnMajor.copy(-1 / rho, q.view(), bottom.columns(0, n));
        ColumnMajor.copy(-1, a.view().transposed(), bottom.columns(n, 2 * n));
        scales = balance();
    }

    /** A power of two that makes the off-diagonal blocks alike in size. */
    static double normRatio(ColumnMajor g, ColumnMajor q) {
        double sizeG = g.frobenius();
        double sizeQ = q.frobenius();
        return sizeG > 0 && sizeQ > 0 ? Math.scalb(1.0, (int) Math.rint(log2(sizeQ / sizeG) / 2)) : 1;
    }

    /** Powers of two d; the matrix becomes diag(d, 1/d) H diag(1/d, d). */
    private double[] balance() {
        double[] log =
                Arrays.stream(Balancing.scalesOf(matrix)).map(Hamiltonian::log2).toArray();
        double[] d = new double[n];
        double[] both = new double[2 * n];
        for (int i = 0; i < n; i++) {
            d[i] = Math.scalb(1.0, (int) Math.rint((log[n + i] - log[i]) / 2));
            both[i] = d[i];
            both[n + i] = 1 / d[i];
        }
        matrix.scaleSimilar(both);
        return d;
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }

    /**
     * The stabilising solution, up to rounding, which may be large.
     *
     * @throws SingularEquationException if eigenvalues lie on the imaginary axis or the solution is not finite
     */
    ColumnMajor stabilisingSolution() {
        double size = matrix.frobenius();
        try (matrix;
                RealSchur schur = RealSchur.of("Hamiltonian", matrix)) {
            requireNoImaginaryEigenvalue(schur, size);
            MatrixView basis = schur.invariantSubspace(real -> real < 0);
            if (basis.columns() != n) {
                throw onAxis("%d of %d eigenvalues are stable".formatted(basis.columns(), 2 * n));
            }
            ColumnMajor x = GraphBasis.solution(Equation.CARE, basis);
            x.scaleBoth(scales).scale(rho);
            x.symmetrize();
            return x;
        }
    }

    private void requireNoImaginaryEigenvalue(RealSchur schur, double size) {
        double[] real = schur.realParts();
        double[] imaginary = schur.imaginaryParts();
        double limit = 2 * n * 0x1p-52 * size;
        for (int i = 0; i < 2 * n; i++) {
            if (Math.abs(real[i]) <= limit) {
                throw onAxis("it has the eigenvalue %s; real parts must exceed %.3g in modulus"
                        .formatted(Separation.number(real[i], imaginary[i]), limit));
            }
        }
    }

    private static SingularEquationException onAxis(String finding) {
        return new SingularEquationException(
                "care: no stabilising solution: the Hamiltonian has eigenvalues on the imaginary axis: %s; %s"
                        .formatted(finding, RiccatiForm.remedy()));
    }
}
