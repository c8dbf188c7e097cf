/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/** The full Gaussian process, by another library. */
final class ExactProcess {
    private ExactProcess() {}

    /**
     * \(\log N(y; 0, K + \sigma^2 I)\).
     *
     * @param kernel K, row after row
     */
    static double logMarginal(double[] kernel, double noise, double[] y) {
        int times = y.length;
        RealMatrix covariance = MatrixUtils.createRealIdentityMatrix(times).scalarMultiply(noise * noise);
        for (int i = 0; i < times; i++) {
            for (int j = 0; j < times; j++) {
                covariance.addToEntry(i, j, kernel[i * times + j]);
            }
        }
        LUDecomposition lu = new LUDecomposition(covariance);
        RealVector observed = MatrixUtils.createRealVector(y);
        return -0.5 * observed.dotProduct(lu.getSolver().solve(observed))
                - 0.5 * Math.log(lu.getDeterminant())
                - 0.5 * times * Math.log(2 * Math.PI);
    }
}
