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

    /** Copies sequences of shape [N, nIn, T], [N, n, T] and [N, 4 n, T]. */
    static LstmRows of(INDArray x, INDArray h, INDArray errors) {
        long examples = x.size(0);
        long steps = x.size(2);
        long features = x.size(1);
        INDArray inputs = detached(errors.dataType(), steps, examples, features + h.size(1))
                .assign(0);
        INDArrayIndex all = NDArrayIndex.all();
        inputs.get(all, all, NDArrayIndex.interval(0, features)).assign(x.permute(2, 0, 1));
        if (steps > 1) {
            inputs.get(NDArrayIndex.interval(1, steps), all, NDArrayIndex.interval(features, inputs.size(2)))
                    .assign(h.get(all, all, NDArrayIndex.interval(0, steps - 1)).permute(2, 0, 1));
        }
        INDArray rows = detached(errors.dataType(), steps, examples, errors.size(1));
        rows.assign(errors.permute(2, 0, 1));
        return new LstmRows(
                inputs.reshape('c', steps * examples, inputs.size(2)),
                rows.reshape('c', steps * examples, rows.size(2)));
    }

    private static INDArray detached(DataType type, long... shape) {
        return Nd4j.createUninitializedDetached(type, 'c', shape);
    }
}
