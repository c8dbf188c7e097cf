/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inputs \([x_t ; h_{t-1}]\) and errors of all steps of an LSTM, row \(t N + n\) for example n; detached.
 *
 * @param inputs shape [T N, nIn + n], with \(h_{-1} = 0\)
 * @param errors shape [T N, 4 n]
 */
record LstmRows(INDArray inputs, INDArray errors) {

    /** Copies sequences of shape [N, nIn, T], [N, n, T] and [N, 4 n, T] to rows outside any workspace. */
    @SuppressWarnings("try") // workspace scope
    static LstmRows of(INDArray x, INDArray h, INDArray errors) {
        try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return new LstmRows(RecurrentFactors.inputs(x, h), Sequences.rows(errors));
        }
    }
}
