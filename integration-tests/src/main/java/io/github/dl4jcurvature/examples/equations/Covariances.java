/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Covariances of sequences about their mean over all times.
 *
 * @param zero at lag 0, shape [outputs, outputs]
 * @param one of an output with the one before, same shape
 */
public record Covariances(INDArray zero, INDArray one) {

    /**
     * Takes each image as a sequence of its rows.
     *
     * @param images shape [images, side * side]
     * @param side rows and columns of an image
     * @return covariances of the rows
     */
    public static Covariances ofRows(INDArray images, int side) {
        double[][] pixels = images.castTo(DataType.DOUBLE).toDoubleMatrix();
        double[] mean = new double[side];
        for (double[] image : pixels) {
            for (int k = 0; k < image.length; k++) {
                mean[k % side] += image[k] / (side * (double) pixels.length);
            }
        }
        double[][] zero = new double[side][side];
        double[][] one = new double[side][side];
        for (double[] image : pixels) {
            for (int t = 0; t < side; t++) {
                for (int i = 0; i < side; i++) {
                    for (int j = 0; j < side; j++) {
                        double now = image[t * side + j] - mean[j];
                        zero[i][j] += (image[t * side + i] - mean[i]) * now / (side * (double) pixels.length);
                        if (t + 1 < side) {
                            double next = image[(t + 1) * side + i] - mean[i];
                            one[i][j] += next * now / ((side - 1) * (double) pixels.length);
                        }
                    }
                }
            }
        }
        return new Covariances(Nd4j.createFromArray(zero), Nd4j.createFromArray(one));
    }

    /** Frobenius distance of both lags together, relative to the norm of the second pair. */
    static double distance(INDArray zero, INDArray one, INDArray wantedZero, INDArray wantedOne) {
        double difference = Math.hypot(norm(zero.sub(wantedZero)), norm(one.sub(wantedOne)));
        return difference / Math.hypot(norm(wantedZero), norm(wantedOne));
    }

    /**
     * Distance from other covariances.
     *
     * @param wanted the others
     * @return relative to their norm
     */
    public double distanceFrom(Covariances wanted) {
        return distance(zero, one, wanted.zero, wanted.one);
    }

    private static double norm(INDArray a) {
        return a.norm2Number().doubleValue();
    }
}
