/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Kronecker factors A and G of a symmetric matrix over the entries of a parameter matrix \( \Theta \) of shape [r, c], whose
 * product with a matrix X of that shape is \( A X G \). Only the product \( A \otimes G \) has a meaning: a factor may move
 * from one to the other.
 *
 * @param inputs A, over the augmented inputs, shape [r, r], symmetric, {@code DOUBLE}
 * @param outputs G, over the outputs, shape [c, c], symmetric, {@code DOUBLE}
 */
record FactorPair(INDArray inputs, INDArray outputs) {

    /** Both factors the same multiple of the identity. */
    static FactorPair scaledIdentity(long rows, long columns, double scale) {
        return new FactorPair(identity(rows, scale), identity(columns, scale));
    }

    private static INDArray identity(long order, double scale) {
        INDArray identity = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', order, order);
        identity.assign(0);
        for (long i = 0; i < order; i++) {
            identity.putScalar(i, i, scale);
        }
        return identity;
    }

    /** Mean eigenvalue of A. */
    double meanInput() {
        return trace(inputs) / inputs.size(0);
    }

    /** Mean eigenvalue of G. */
    double meanOutput() {
        return trace(outputs) / outputs.size(0);
    }

    /** Trace of \( A \otimes G \). */
    double trace() {
        return trace(inputs) * trace(outputs);
    }

    /** The same product with equal mean eigenvalues of both factors, which must be positive. */
    FactorPair balanced() {
        double ratio = Math.sqrt(meanOutput() / meanInput());
        return new FactorPair(inputs.mul(ratio), outputs.div(ratio));
    }

    private static double trace(INDArray matrix) {
        double trace = 0;
        for (long i = 0; i < matrix.size(0); i++) {
            trace += matrix.getDouble(i, i);
        }
        return trace;
    }
}
