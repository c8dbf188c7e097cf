/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The first and the last columns of a batch, as views. */
final class Halves {
    private Halves() {}

    static INDArray first(INDArray x) {
        return x.get(NDArrayIndex.all(), NDArrayIndex.interval(0, x.size(1) / 2));
    }

    static INDArray second(INDArray x) {
        return x.get(NDArrayIndex.all(), NDArrayIndex.interval(x.size(1) / 2, x.size(1)));
    }
}
