/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The diagonal of a Kronecker product that comes nearest to a positive matrix in the least squares of the logarithms: \(
 * D_{ab} \approx r_a^2 l_b^2 \).
 *
 * @param outputs r, shape [o]
 * @param inputs l, shape [i']
 */
record RankOneDiagonal(INDArray outputs, INDArray inputs) {

    /** The fit to a positive matrix of shape [o, i']. */
    static RankOneDiagonal of(INDArray diagonal) {
        int rows = (int) diagonal.size(0);
        int columns = (int) diagonal.size(1);
        double[] rowMeans = new double[rows];
        double[] columnMeans = new double[columns];
        double mean = 0;
        for (int a = 0; a < rows; a++) {
            for (int b = 0; b < columns; b++) {
                double log = Math.log(diagonal.getDouble(a, b));
                rowMeans[a] += log / columns;
                columnMeans[b] += log / rows;
                mean += log / rows / columns;
            }
        }
        return new RankOneDiagonal(roots(diagonal, rowMeans, mean), roots(diagonal, columnMeans, mean));
    }

    /** exp((log mean - half of the mean of all) / 2). */
    private static INDArray roots(INDArray diagonal, double[] logarithms, double mean) {
        INDArray roots = diagonal.reshape(diagonal.length()).like().get(NDArrayIndex.interval(0, logarithms.length));
        for (int i = 0; i < logarithms.length; i++) {
            roots.putScalar(i, Math.exp((logarithms[i] - mean / 2) / 2));
        }
        return roots;
    }
}
