/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.SplittableRandom;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Seeded matrices with known condition, held by EJML, and their comparison with arrays. */
final class TestMatrices {
    static final double EPS = Math.ulp(1.0);

    private TestMatrices() {}

    static DMatrixRMaj gaussian(int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DMatrixRMaj m = new DMatrixRMaj(rows, columns);
        for (int k = 0; k < m.getNumElements(); k++) {
            m.data[k] = random.nextGaussian();
        }
        return m;
    }

    /** Singular values fall geometrically from 1 to 1 / condition. */
    static DMatrixRMaj withCondition(int rows, int columns, double condition, long seed) {
        int k = Math.min(rows, columns);
        DMatrixRMaj left = orthonormal(rows, k, seed);
        DMatrixRMaj right = orthonormal(columns, k, seed + 1_000_003);
        return scaledProduct(left, condition, right);
    }

    /** Eigenvalues fall geometrically from 1 to 1 / condition; symmetric bit for bit. */
    static DMatrixRMaj spd(int n, double condition, long seed) {
        DMatrixRMaj basis = orthonormal(n, n, seed);
        DMatrixRMaj a = scaledProduct(basis, condition, basis);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                a.set(j, i, a.get(i, j));
            }
        }
        return a;
    }

    static DMatrixRMaj roundedToFloat(DMatrixRMaj m) {
        DMatrixRMaj rounded = m.copy();
        for (int k = 0; k < m.getNumElements(); k++) {
            rounded.data[k] = (float) m.data[k];
        }
        return rounded;
    }

    static INDArray array(DMatrixRMaj m) {
        INDArray a = Nd4j.create(DataType.DOUBLE, m.numRows, m.numCols);
        for (int i = 0; i < m.numRows; i++) {
            for (int j = 0; j < m.numCols; j++) {
                a.putScalar(i, j, m.get(i, j));
            }
        }
        return a;
    }

    /** A vector becomes one column. */
    static DMatrixRMaj ejml(INDArray a) {
        boolean vector = a.rank() == 1;
        DMatrixRMaj m = new DMatrixRMaj((int) a.size(0), vector ? 1 : (int) a.size(1));
        for (int i = 0; i < m.numRows; i++) {
            for (int j = 0; j < m.numCols; j++) {
                m.set(i, j, vector ? a.getDouble(i) : a.getDouble(i, j));
            }
        }
        return m;
    }

    static DMatrixRMaj product(DMatrixRMaj a, DMatrixRMaj b) {
        return CommonOps_DDRM.mult(a, b, null);
    }

    static DMatrixRMaj transpose(DMatrixRMaj a) {
        return CommonOps_DDRM.transpose(a, null);
    }

    /** Frobenius norm of the difference over that of the expected matrix. */
    static double relativeError(DMatrixRMaj actual, DMatrixRMaj expected) {
        DMatrixRMaj difference = CommonOps_DDRM.subtract(actual, expected, null);
        return NormOps_DDRM.normF(difference) / NormOps_DDRM.normF(expected);
    }

    static double relativeError(INDArray actual, DMatrixRMaj expected) {
        return relativeError(ejml(actual), expected);
    }

    /** Frobenius distance of the Gram matrix of the columns from the identity. */
    static double deviationFromOrthonormal(INDArray columns) {
        DMatrixRMaj q = ejml(columns);
        DMatrixRMaj gram = product(transpose(q), q);
        return NormOps_DDRM.normF(CommonOps_DDRM.subtract(gram, CommonOps_DDRM.identity(q.numCols), null));
    }

    private static DMatrixRMaj scaledProduct(DMatrixRMaj left, double condition, DMatrixRMaj right) {
        int k = left.numCols;
        DMatrixRMaj scaled = left.copy();
        for (int j = 0; j < k; j++) {
            double value = k == 1 ? 1 : Math.pow(condition, -j / (k - 1.0));
            for (int i = 0; i < scaled.numRows; i++) {
                scaled.set(i, j, scaled.get(i, j) * value);
            }
        }
        return product(scaled, transpose(right));
    }

    private static DMatrixRMaj orthonormal(int rows, int columns, long seed) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(rows, columns);
        if (!qr.decompose(gaussian(rows, columns, seed))) {
            throw new IllegalStateException("no QR decomposition for seed " + seed);
        }
        return qr.getQ(null, true);
    }
}
