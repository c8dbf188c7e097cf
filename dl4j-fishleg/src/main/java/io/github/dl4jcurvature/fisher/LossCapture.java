/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer with a loss, whose errors a pass can choose. */
interface LossCapture extends LayerCapture {

    /** The instrumented loss. */
    CapturingLoss loss();

    /** Labels in the layout of the rows of errors, shape [rows, nOut]. */
    default INDArray labelRows(INDArray labels) {
        return labels;
    }

    /** The predictive distribution, or an IllegalArgumentException that names the pair. */
    OutputDistribution distribution(String layer);
}
