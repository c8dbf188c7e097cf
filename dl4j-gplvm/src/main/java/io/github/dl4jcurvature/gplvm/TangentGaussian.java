/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** A normal distribution \(N(0, L L^\top)\) on a tangent space, L lower triangular. */
final class TangentGaussian {
    private final int dimension;
    private final double[] factor;
    private final double[] inverse;
    private final double logNormaliser;
    private final boolean diagonal;

    /**
     * A distribution.
     *
     * @param factor L [d, d], row after row; what is above the diagonal must be zero
     */
    TangentGaussian(int dimension, double[] factor) {
        this.dimension = dimension;
        this.factor = factor;
        inverse = new double[dimension * dimension];
        double logDeterminant = 0;
        boolean onlyDiagonal = true;
        for (int column = 0; column < dimension; column++) {
            for (int row = column; row < dimension; row++) {
                double sum = row == column ? 1 : 0;
                for (int k = column; k < row; k++) {
                    sum -= l(row, k) * inverse[k * dimension + column];
                }
                inverse[row * dimension + column] = sum / l(row, row);
                onlyDiagonal &= row == column || l(row, column) == 0;
            }
            logDeterminant += Math.log(l(column, column));
        }
        diagonal = onlyDiagonal;
        logNormaliser = -logDeterminant - 0.5 * dimension * Manifold.LOG_TWO_PI;
    }

    static TangentGaussian isotropic(int dimension, double deviation) {
        double[] factor = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++) {
            factor[i * dimension + i] = deviation;
        }
        return new TangentGaussian(dimension, factor);
    }

    /** The distribution of the coordinates from {@code from} on; L must have no other entries in their rows. */
    TangentGaussian block(int from, int size) {
        double[] part = new double[size * size];
        for (int i = 0; i < size; i++) {
            System.arraycopy(factor, (from + i) * dimension + from, part, i * size, size);
        }
        return new TangentGaussian(size, part);
    }

    int dimension() {
        return dimension;
    }

    boolean isDiagonal() {
        return diagonal;
    }

    double l(int row, int column) {
        return factor[row * dimension + column];
    }

    double[] factor() {
        return factor;
    }

    /** \(x = L \varepsilon\). */
    double[] sample(double[] noise) {
        double[] x = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j <= i; j++) {
                x[i] += l(i, j) * noise[j];
            }
        }
        return x;
    }

    /** \(w = L^{-1} y\). */
    double[] whiten(double[] y) {
        double[] w = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j <= i; j++) {
                w[i] += inverse[i * dimension + j] * y[j];
            }
        }
        return w;
    }

    /** \(s = L^{-\top} w\). */
    double[] precisionTimes(double[] w) {
        double[] s = new double[dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j <= i; j++) {
                s[j] += inverse[i * dimension + j] * w[i];
            }
        }
        return s;
    }

    /** Log density at a whitened vector. */
    double logDensity(double[] whitened) {
        return logNormaliser - 0.5 * Manifold.dot(whitened, whitened);
    }
}
