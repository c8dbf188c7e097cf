/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Inputs \([x_t ; h_{t-1}]\) and errors of all steps of an LSTM, row \(t N + n\) for example n; detached.
 *
 * @param inputs shape [T N, nIn + n], with \(h_{-1} = 0\)
 * @param errors shape [T N, 4 n]
 */
record LstmRows(INDArray inputs, INDArray errors) {

    /** Rows outside any workspace, of which only \(h_{-1}\) is set. */
    static LstmRows uninitialized(DataType type, long steps, long examples, long inputs, long units) {
        INDArray z = Nd4j.createUninitializedDetached(type, 'c', steps * examples, inputs + units);
        z.get(NDArrayIndex.interval(0, examples), NDArrayIndex.interval(inputs, inputs + units))
                .assign(0);
        return new LstmRows(z, Nd4j.createUninitializedDetached(type, 'c', steps * examples, 4 * units));
    }

    /** Copies sequences of shape [N, nIn, T], [N, n, T] and [N, 4 n, T] to these rows. */
    void set(INDArray x, INDArray h, INDArray sequenceErrors) {
        long examples = x.size(0);
        long features = x.size(1);
        long steps = x.size(2);
        INDArrayIndex all = NDArrayIndex.all();
        INDArray z = inputs.reshape('c', steps, examples, inputs.size(1));
        z.get(all, all, NDArrayIndex.interval(0, features)).assign(x.permute(2, 0, 1));
        if (steps > 1) {
            z.get(NDArrayIndex.interval(1, steps), all, NDArrayIndex.interval(features, inputs.size(1)))
                    .assign(h.get(all, all, NDArrayIndex.interval(0, steps - 1)).permute(2, 0, 1));
        }
        errors.reshape('c', steps, examples, errors.size(1)).assign(sequenceErrors.permute(2, 0, 1));
    }

    boolean fits(INDArray x, INDArray sequenceErrors) {
        return errors.dataType() == sequenceErrors.dataType()
                && errors.size(0) == x.size(0) * x.size(2)
                && inputs.size(1) == x.size(1) + errors.size(1) / 4;
    }
}
