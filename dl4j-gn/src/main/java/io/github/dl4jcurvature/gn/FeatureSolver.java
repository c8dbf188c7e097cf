/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Arrays;

import io.github.dl4jcurvature.linalg.CholeskyFactorization;
import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import io.github.dl4jcurvature.linalg.SymmetricEigendecomposition;

import static io.github.dl4jcurvature.linalg.ColumnMajor.product;

/**
 * Solves \(A U \approx T\) for the activations A [n, m] of a layer through the smaller of \(A A^\top\) and \(A^\top A\).
 *
 * <p>All in double precision. Squaring A squares its condition \(\kappa\); one step of refinement with the residual
 * \(T - A U\) brings the error of an undamped solution from \(\varepsilon \kappa^2\) to its square, which is back at that of A,
 * \(\varepsilon \kappa\), up to conditions of about \(\varepsilon^{-1/3} \approx 10^5\).
 */
final class FeatureSolver {
    private enum Kind {
        TRUNCATED,
        DAMPED,
        RELATIVELY_DAMPED
    }

    private final Kind kind;
    private final double relative;
    private final double absolute;

    private FeatureSolver(Kind kind, double relative, double absolute) {
        this.kind = kind;
        this.relative = relative;
        this.absolute = absolute;
    }

    /** The pseudo-inverse of the singular values that are at least {@code relative} times the largest and {@code absolute}. */
    static FeatureSolver truncated(double relative, double absolute) {
        return new FeatureSolver(Kind.TRUNCATED, relative, absolute);
    }

    /** \((A^\top A + \lambda I)^{-1} A^\top\). */
    static FeatureSolver damped(double lambda) {
        return new FeatureSolver(Kind.DAMPED, 0, lambda);
    }

    /** \((A^\top A + \lambda I)^{-1} A^\top\) with \(\lambda\) a fraction of the largest eigenvalue of \(A^\top A\). */
    static FeatureSolver relativelyDamped(double fraction) {
        return new FeatureSolver(Kind.RELATIVELY_DAMPED, fraction, 0);
    }

    /** A [n, m] and T [n, k] are not modified. */
    FeatureStep solve(ColumnMajor a, ColumnMajor t) {
        boolean wide = a.rows() <= a.columns();
        MatrixView aT = a.view().transposed();
        try (ColumnMajor gram =
                ColumnMajor.uninitialized(Math.min(a.rows(), a.columns()), Math.min(a.rows(), a.columns()))) {
            Gemm.symmetricProduct(1, wide ? a.view() : aT, 0, gram.view());
            return kind == Kind.DAMPED ? byCholesky(a, gram, t, wide) : byEigenvalues(a, gram, t, wide);
        }
    }

    private FeatureStep byCholesky(ColumnMajor a, ColumnMajor gram, ColumnMajor t, boolean wide) {
        gram.addToDiagonal(absolute);
        CholeskyFactorization factor = CholeskyFactorization.of(gram.array());
        MatrixView aT = a.view().transposed();
        ColumnMajor u;
        if (wide) {
            try (ColumnMajor c = ColumnMajor.of(factor.solve(t.array()))) {
                u = product(aT, c.view());
            }
        } else {
            try (ColumnMajor projected = product(aT, t.view())) {
                u = ColumnMajor.of(factor.solve(projected.array()));
            }
        }
        double condition = 1 / Math.sqrt(factor.reciprocalCondition());
        return new FeatureStep(u, product(a.view(), u.view()), gram.rows(), condition);
    }

    private FeatureStep byEigenvalues(ColumnMajor a, ColumnMajor gram, ColumnMajor t, boolean wide) {
        SymmetricEigendecomposition eigen = SymmetricEigendecomposition.of(gram.array());
        double[] values = eigen.values().toDoubleVector();
        int order = values.length;
        double largest = Math.max(values[order - 1], 0);
        double least = kind == Kind.TRUNCATED ? Math.max(relative * relative * largest, absolute * absolute) : 0;
        int from = 0;
        while (from < order && !(values[from] >= least && values[from] > 0)) {
            from++;
        }
        if (from == order) {
            return new FeatureStep(
                    ColumnMajor.zeros(a.columns(), t.columns()), ColumnMajor.zeros(a.rows(), t.columns()), 0, 1);
        }
        double damping = kind == Kind.RELATIVELY_DAMPED ? relative * largest : 0;
        try (ColumnMajor vectors = ColumnMajor.of(eigen.vectors())) {
            Spectrum spectrum = new Spectrum(
                    vectors.view().columns(from, order),
                    Arrays.stream(values, from, order)
                            .map(w -> 1 / (w + damping))
                            .toArray());
            ColumnMajor u = apply(a, spectrum, t, wide);
            ColumnMajor achieved = product(a.view(), u.view());
            if (kind == Kind.TRUNCATED) {
                refine(a, spectrum, t, wide, u, achieved);
            }
            return new FeatureStep(u, achieved, order - from, Math.sqrt(largest / values[from]));
        }
    }

    private static void refine(
            ColumnMajor a, Spectrum spectrum, ColumnMajor t, boolean wide, ColumnMajor u, ColumnMajor achieved) {
        try (ColumnMajor left = t.copy().add(-1, achieved);
                ColumnMajor correction = apply(a, spectrum, left, wide)) {
            u.add(1, correction);
            Gemm.multiply(1, a.view(), u.view(), 0, achieved.view());
        }
    }

    private static ColumnMajor apply(ColumnMajor a, Spectrum spectrum, ColumnMajor t, boolean wide) {
        MatrixView aT = a.view().transposed();
        if (wide) {
            try (ColumnMajor c = spectrum.apply(t.view())) {
                return product(aT, c.view());
            }
        }
        try (ColumnMajor projected = product(aT, t.view())) {
            return spectrum.apply(projected.view());
        }
    }

    /** \(Q\, \mathrm{diag}(f)\, Q^\top\) for eigenvectors Q, a column each, and filtered eigenvalues f. */
    private static final class Spectrum {
        private final MatrixView vectors;
        private final double[] factors;

        Spectrum(MatrixView vectors, double... factors) {
            this.vectors = vectors;
            this.factors = factors;
        }

        ColumnMajor apply(MatrixView t) {
            try (ColumnMajor c = product(vectors.transposed(), t)) {
                for (int i = 0; i < factors.length; i++) {
                    Gemm.scale(factors[i], c.view().rows(i, i + 1));
                }
                return product(vectors, c.view());
            }
        }
    }
}
