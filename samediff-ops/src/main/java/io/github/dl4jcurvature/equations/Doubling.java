/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.LuFactorization;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.jspecify.annotations.Nullable;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;
import static io.github.dl4jcurvature.linalg.ColumnMajor.symmetricProduct;

/**
 * Structure-preserving doubling for \(X = Q + A^\top X (I + G X)^{-1} A\); A may be singular.
 *
 * <p>Step: \(W = I + G H\); \(H \leftarrow H + A^\top H W^{-1} A\), \(G \leftarrow G + A W^{-1} G A^\top\), \(A \leftarrow
 * A W^{-1} A\); H converges quadratically to X. Source: Chu, Fan, Lin and Wang, Structure-preserving algorithms for
 * periodic discrete-time algebraic Riccati equations (2004).
 */
final class Doubling implements AutoCloseable {
    private static final int MOST = 60;

    private ColumnMajor a;
    private final ColumnMajor g;
    private final ColumnMajor h;
    private double change = Double.NaN;

    private Doubling(CrossFree start) {
        a = start.a().copy();
        g = start.g().copy();
        h = start.q().copy();
    }

    /** The solution, or nothing if the iteration breaks down or does not converge. */
    static @Nullable ColumnMajor solve(CrossFree start) {
        try (Doubling doubling = new Doubling(start)) {
            for (int i = 0; i < MOST; i++) {
                if (doubling.step()) {
                    return doubling.h.copy();
                }
            }
            return null;
        } catch (SingularEquationException | IllegalArgumentException breakdown) {
            return null; // W singular, or overflow
        }
    }

    /** One doubling; true if H has converged. */
    private boolean step() {
        try (ColumnMajor w = product(g.view(), h.view()).addToDiagonal(1)) {
            LuFactorization lu = LuFactorization.of("I + G H", w.array());
            try (ColumnMajor wa = ColumnMajor.of(lu.solve(a.array()))) {
                if (advanceH(wa)) {
                    return true;
                }
                advanceG(lu);
                ColumnMajor next = product(a.view(), wa.view());
                a.close();
                a = next;
                return false;
            }
        }
    }

    private boolean advanceH(ColumnMajor wa) {
        try (ColumnMajor hwa = product(h.view(), wa.view());
                ColumnMajor difference = symmetricProduct(a.view().transposed(), hwa.view())) {
            h.add(1, difference);
            double before = change;
            change = difference.frobenius();
            double size = h.frobenius();
            if (!Double.isFinite(change) || !Double.isFinite(size)) {
                throw new IllegalArgumentException("H must be finite but overflows; use another method");
            }
            return predictedChange(before) <= 1e-16 * size;
        }
    }

    /** Where changes go as \(\rho^{2^k}\), a ratio of two is the square of the ratio before it. */
    private double predictedChange(double before) {
        double ratio = change / before;
        return ratio < 1 ? change * ratio * ratio : change;
    }

    private void advanceG(LuFactorization lu) {
        try (ColumnMajor wg = ColumnMajor.of(lu.solve(g.array()));
                ColumnMajor awg = product(a.view(), wg.view())) {
            Gemm.multiplySymmetric(1, awg.view(), a.view().transposed(), 1, g.view());
        }
    }

    @Override
    public void close() {
        a.close();
        g.close();
        h.close();
    }
}
