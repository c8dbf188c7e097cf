/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.LuFactorization;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.jspecify.annotations.Nullable;

/**
 * Solves a continuous Riccati equation \(X A + A^\top X - X G X + Q = 0\) by doubling a discrete one with the same solution.
 *
 * <p>\(\lambda \mapsto (\lambda + \gamma)/(\lambda - \gamma)\) maps the left half-plane into the unit circle. With
 * \(A_\gamma = A - \gamma I\) and \(W = A_\gamma^\top + Q A_\gamma^{-1} G\) the discrete equation has \(I + 2\gamma W^{-\top}\),
 * \(2\gamma A_\gamma^{-1} G W^{-1}\) and \(2\gamma W^{-1} Q A_\gamma^{-1}\). Faster than the Schur form of the Hamiltonian for
 * large matrices, but less accurate and without a diagnosis of what is wrong: to be judged by its residual. Source: Chu,
 * Fan and Lin, A structure-preserving doubling algorithm for continuous-time algebraic Riccati equations (2005).
 */
final class CayleyTransform {
    private CayleyTransform() {}

    /** A solution, or nothing if a matrix cannot be inverted or the doubling does not converge. */
    static @Nullable ColumnMajor solve(CrossFree equation) {
        double rho = Hamiltonian.normRatio(equation.g(), equation.q());
        try (ColumnMajor g = equation.g().copy().scale(rho);
                ColumnMajor q = equation.q().copy().scale(1 / rho);
                CrossFree discrete = discrete(equation.a(), g, q)) {
            ColumnMajor x = Doubling.solve(discrete);
            return x == null ? null : x.scale(rho);
        } catch (SingularEquationException | IllegalArgumentException breakdown) { // or overflow
            return null;
        }
    }

    private static CrossFree discrete(ColumnMajor a, ColumnMajor g, ColumnMajor q) {
        double gamma = shift(a, g, q);
        try (ColumnMajor shifted = a.copy().addToDiagonal(-gamma)) {
            LuFactorization lu = LuFactorization.of("A - gamma I", shifted.array());
            try (ColumnMajor inverseG = ColumnMajor.of(lu.solve(g.array()));
                    ColumnMajor w = ColumnMajor.copyOf(shifted.view().transposed())) {
                Gemm.multiply(1, q.view(), inverseG.view(), 1, w.view());
                LuFactorization luW = LuFactorization.of("W", w.array());
                // (Q A^-1)' = A^-T Q
                try (ColumnMajor inverseQ = ColumnMajor.of(lu.solveTransposed(q.array()));
                        ColumnMajor qInverse =
                                ColumnMajor.copyOf(inverseQ.view().transposed());
                        ColumnMajor gT = ColumnMajor.copyOf(inverseG.view().transposed());
                        ColumnMajor inverse = ColumnMajor.of(luW.inverse())) {
                    ColumnMajor discreteA = ColumnMajor.copyOf(inverse.view().transposed())
                            .scale(2 * gamma)
                            .addToDiagonal(1);
                    ColumnMajor discreteG = ColumnMajor.of(luW.solveTransposed(gT.array()));
                    ColumnMajor discreteQ = ColumnMajor.of(luW.solve(qInverse.array()));
                    discreteG.scale(2 * gamma).symmetrize();
                    discreteQ.scale(2 * gamma).symmetrize();
                    return new CrossFree(discreteA, discreteG, discreteQ);
                }
            }
        }
    }

    /** The size of the Hamiltonian's eigenvalues: their squares sum to twice the trace of A A + G Q. */
    private static double shift(ColumnMajor a, ColumnMajor g, ColumnMajor q) {
        double trace = Math.abs(Gemm.dot(g.view().flattened(), q.view().flattened()));
        return Math.sqrt((Math.pow(a.frobenius(), 2) + trace) / a.rows());
    }
}
