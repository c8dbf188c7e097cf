/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is added to a precision before it is inverted.
 *
 * @param value \( \alpha \), not negative
 * @param relative whether \( \alpha \) is in units of \( \sqrt{\bar a \bar g} \), the geometric mean of the mean eigenvalues
 */
record Damping(double value, boolean relative) {

    /** \( (A + \pi \alpha I) \otimes (G + \alpha / \pi \, I) \) with \( \pi = \sqrt{\bar a / \bar g} \). */
    FactorPair added(FactorPair factors) {
        double input = factors.meanInput();
        double output = factors.meanOutput();
        double alpha = relative ? value * Math.sqrt(input * output) : value;
        double pi = Math.sqrt(input / output);
        return new FactorPair(withDiagonal(factors.inputs(), pi * alpha), withDiagonal(factors.outputs(), alpha / pi));
    }

    /** What is added to an elementwise precision, so that the identity is damped as by the split of its factors. */
    double added(double mean) {
        double alpha = relative ? value * Math.sqrt(mean) : value;
        return 2 * alpha * Math.sqrt(mean) + alpha * alpha;
    }

    private static INDArray withDiagonal(INDArray matrix, double value) {
        INDArray damped = matrix.dup('f');
        for (long i = 0; i < damped.size(0); i++) {
            damped.putScalar(i, i, damped.getDouble(i, i) + value);
        }
        return damped;
    }
}
