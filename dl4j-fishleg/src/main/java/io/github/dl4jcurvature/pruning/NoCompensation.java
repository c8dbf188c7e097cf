/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The other parameters stay as they are. */
record NoCompensation() implements Compensation {

    @Override
    public INDArray change(PruningProblem problem, INDArray removed) {
        return Nd4j.zeros(removed.dataType(), removed.length());
    }
}
