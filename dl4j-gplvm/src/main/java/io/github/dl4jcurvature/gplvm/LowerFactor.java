/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.TriangularSolver_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/** Cholesky factor L of a small matrix with its inverse, and the derivative of the factorisation. */
final class LowerFactor {
    private final int order;
    final double[] factor; // row after row
    final double[] inverse;

    private LowerFactor(int order, double[] factor) {
        this.order = order;
        this.factor = factor;
        inverse = factor.clone();
        TriangularSolver_DDRM.invertLower(inverse, order);
    }

    /**
     * Factors a symmetric positive definite matrix.
     *
     * @param matrix [m, m]
     * @throws ArithmeticException if it is not positive definite
     */
    static LowerFactor of(double[] matrix, int order) {
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(order, true);
        DMatrixRMaj copy = DMatrixRMaj.wrap(order, order, matrix.clone());
        if (!cholesky.decompose(copy)) {
            throw new ArithmeticException("a matrix of order %d is not positive definite".formatted(order));
        }
        return new LowerFactor(order, cholesky.getT(null).getData());
    }

    double logDeterminant() {
        double sum = 0;
        for (int i = 0; i < order; i++) {
            sum += Math.log(factor[i * order + i]);
        }
        return 2 * sum;
    }

    /** \(L^{-1} v\). */
    double[] whiten(double[] v) {
        double[] w = new double[order];
        for (int i = 0; i < order; i++) {
            for (int j = 0; j <= i; j++) {
                w[i] += inverse[i * order + j] * v[j];
            }
        }
        return w;
    }

    /** \(L^{-\top} v\). */
    double[] unwhiten(double[] v) {
        double[] w = new double[order];
        for (int i = 0; i < order; i++) {
            for (int j = 0; j <= i; j++) {
                w[j] += inverse[i * order + j] * v[i];
            }
        }
        return w;
    }

    /** \((L L^\top)^{-1}\). */
    double[] inverseOfMatrix() {
        double[] result = new double[order * order];
        for (int i = 0; i < order; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = i; k < order; k++) {
                    sum += inverse[k * order + i] * inverse[k * order + j];
                }
                result[i * order + j] = sum;
                result[j * order + i] = sum;
            }
        }
        return result;
    }

    /**
     * Cotangent of the matrix from one of the factor: \(\mathrm{sym}(L^{-\top} \Phi(L^\top \bar L) L^{-1})\), \(\Phi\) the lower
     * triangle with its diagonal halved.
     *
     * @param cotangent \(\bar L\), lower triangle
     */
    double[] backward(double[] cotangent) {
        int m = order;
        double[] phi = new double[m * m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = i; k < m; k++) {
                    sum += factor[k * m + i] * cotangent[k * m + j];
                }
                phi[i * m + j] = i == j ? 0.5 * sum : sum;
            }
        }
        double[] left = new double[m * m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                double sum = 0;
                for (int k = Math.max(i, j); k < m; k++) {
                    sum += inverse[k * m + i] * phi[k * m + j];
                }
                left[i * m + j] = sum;
            }
        }
        double[] result = new double[m * m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                double sum = 0;
                for (int k = j; k < m; k++) {
                    sum += left[i * m + k] * inverse[k * m + j];
                }
                result[i * m + j] += 0.5 * sum;
                result[j * m + i] += 0.5 * sum;
            }
        }
        return result;
    }
}
