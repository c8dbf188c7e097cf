/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.util.SplittableRandom;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Matrices of independent Gaussian elements. */
final class GaussianMatrix {
    private GaussianMatrix() {}

    /** Elements of mean 0 and the given standard deviation. */
    static INDArray of(int rows, int columns, double scale, SplittableRandom random) {
        double[][] elements = new double[rows][columns];
        for (double[] row : elements) {
            for (int j = 0; j < columns; j++) {
                row[j] = scale * random.nextGaussian();
            }
        }
        return Nd4j.createFromArray(elements);
    }
}
