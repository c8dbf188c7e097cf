/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * Functions of the scaled squared chordal distance \(u = \sum_c D_c^2 / \ell_c^2\); the kernel is \(\alpha f(u)\).
 *
 * <p>Chordal distances are Euclidean distances of an embedding, so that all of these are positive semidefinite on every manifold.
 */
public enum KernelFamily {
    /** \(f = e^{-u / 2}\). */
    SQUARED_EXPONENTIAL {
        @Override
        double value(double u) {
            return Math.exp(-0.5 * u);
        }

        @Override
        double derivative(double u, double value) {
            return -0.5 * value;
        }
    },
    /** \(f = e^{-\sqrt u}\). */
    MATERN_12 {
        @Override
        double value(double u) {
            return Math.exp(-Math.sqrt(u));
        }

        @Override
        double derivative(double u, double value) {
            return -0.5 * value / Math.sqrt(Math.max(u, SMALLEST)); // not differentiable at 0
        }
    },
    /** \(f = (1 + \sqrt{3 u}) e^{-\sqrt{3 u}}\). */
    MATERN_32 {
        @Override
        double value(double u) {
            double r = Math.sqrt(3 * u);
            return (1 + r) * Math.exp(-r);
        }

        @Override
        double derivative(double u, double value) {
            return -1.5 * Math.exp(-Math.sqrt(3 * u));
        }
    },
    /** \(f = (1 + \sqrt{5 u} + 5 u / 3) e^{-\sqrt{5 u}}\). */
    MATERN_52 {
        @Override
        double value(double u) {
            double r = Math.sqrt(5 * u);
            return (1 + r + r * r / 3) * Math.exp(-r);
        }

        @Override
        double derivative(double u, double value) {
            double r = Math.sqrt(5 * u);
            return -5.0 / 6 * (1 + r) * Math.exp(-r);
        }
    };

    private static final double SMALLEST = 1e-12;

    abstract double value(double u);

    /** \(f'(u)\), with f(u) at hand. */
    abstract double derivative(double u, double value);
}
