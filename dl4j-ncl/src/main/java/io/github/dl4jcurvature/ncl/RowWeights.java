/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which rows of a batch count, and how much.
 *
 * @param valid 1 for rows that count and 0 for others, shape [rows]; null if all count
 * @param validPerExample number of rows of each example that count, shape [examples]
 * @param exampleOfRow example that each row belongs to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RowWeights(@Nullable INDArray valid, INDArray validPerExample, int[] exampleOfRow) {

    long examples() {
        return validPerExample.length();
    }

    double total() {
        return validPerExample.sumNumber().doubleValue();
    }

    /** Each row divided by one less than the rows of its example. */
    INDArray perSequence() {
        double[] weights = new double[exampleOfRow.length];
        for (int row = 0; row < weights.length; row++) {
            double steps = validPerExample.getDouble(exampleOfRow[row]);
            double counts = valid == null ? 1 : valid.getDouble(row);
            weights[row] = counts / Math.max(steps - 1, 1);
        }
        return Nd4j.createFromArray(weights);
    }
}
