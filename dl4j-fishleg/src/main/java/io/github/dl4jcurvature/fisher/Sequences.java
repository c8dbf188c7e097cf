/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layouts of sequences of shape [N, features, T] (NCW) or [N, T, features] (NWC). */
final class Sequences {
    private Sequences() {}

    /** A view of shape [N, features, T]. */
    static INDArray channelsFirst(INDArray sequence, RNNFormat format) {
        return format == RNNFormat.NWC ? sequence.permute(0, 2, 1) : sequence;
    }

    /** A copy of shape [T N, features] of a sequence of shape [N, features, T]; the example index runs fastest. */
    static INDArray rows(INDArray sequence) {
        return sequence.permute(2, 0, 1).dup('c').reshape('c', sequence.size(2) * sequence.size(0), sequence.size(1));
    }
}
