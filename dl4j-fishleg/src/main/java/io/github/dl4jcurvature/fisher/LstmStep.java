/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The columns of one step of an LSTM, in the host's order input a, forget gate f, output gate o, modulation gate g: of the
 * pre-activations and then values, or of their errors.
 *
 * @param all shape [N, 4 n]
 * @param input a, shape [N, n]
 * @param gates f, o and g together, shape [N, 3 n]
 * @param forget f, shape [N, n]
 * @param output o, shape [N, n]
 * @param modulation g, shape [N, n]
 */
record LstmStep(INDArray all, INDArray input, INDArray gates, INDArray forget, INDArray output, INDArray modulation) {

    /** Views of step t of an array of shape [N, 4 n, T] in order 'f', which are free of gaps. */
    static LstmStep of(INDArray sequence, int t) {
        INDArray all = at(sequence, t);
        long units = all.size(1) / 4;
        return new LstmStep(
                all,
                columns(all, 0, units),
                columns(all, units, 4 * units),
                columns(all, units, 2 * units),
                columns(all, 2 * units, 3 * units),
                columns(all, 3 * units, 4 * units));
    }

    /** Step t of a sequence of shape [N, features, T]. */
    static INDArray at(INDArray sequence, int t) {
        INDArrayIndex every = NDArrayIndex.all();
        return sequence.get(every, every, NDArrayIndex.point(t));
    }

    private static INDArray columns(INDArray matrix, long from, long to) {
        return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }
}
