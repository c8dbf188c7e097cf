/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inputs \([x_t ; h_{t-1}]\) and errors of all steps of an LSTM, row \(t N + n\) for example n; detached.
 *
 * @param inputs shape [T N, nIn + n], with \(h_{-1} = 0\)
 * @param errors shape [T N, 4 n]
 */
record LstmRows(INDArray inputs, INDArray errors) {

    /** Rows outside any workspace, of which only \(h_{-1}\) is set. */
    static LstmRows uninitialized(DataType type, long steps, long examples, long features, long units) {
        return new LstmRows(
                RecurrentFactors.uninitializedInputs(type, steps, examples, features, units),
                Nd4j.createUninitializedDetached(type, 'c', steps * examples, 4 * units));
    }

    /** Copies sequences of shape [N, nIn, T], [N, n, T] and [N, 4 n, T] to these rows. */
    void set(INDArray x, INDArray h, INDArray sequenceErrors) {
        RecurrentFactors.setInputs(inputs, x, h);
        errors.reshape('c', x.size(2), x.size(0), errors.size(1)).assign(sequenceErrors.permute(2, 0, 1));
    }

    /** Whether these are rows for sequences x of shape [N, nIn, T] and errors of shape [N, 4 n, T]. */
    boolean fits(INDArray x, INDArray sequenceErrors) {
        return errors.dataType() == sequenceErrors.dataType()
                && errors.size(0) == x.size(0) * x.size(2)
                && inputs.size(1) == x.size(1) + errors.size(1) / 4;
    }
}
