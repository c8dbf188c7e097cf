/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One block's part of a flat vector over all parameters, described once: making views costs more than small products.
 *
 * @param flat shape [parameters of the block]
 * @param view the same
 * @param weights the part of the weights, shape [outputs, inputs]; the same as {@code view} for a layer without block
 * @param bias the part of the bias, shape [outputs, 1]; the same as {@code weights} if there is none
 */
record BlockVector(INDArray flat, MatrixView view, MatrixView weights, MatrixView bias) {

    static BlockVector of(INDArray flat, BlockPlan plan, boolean hasBias) {
        MatrixView view = MatrixView.of(flat);
        if (!plan.hasBlock()) {
            return new BlockVector(flat, view, view, view);
        }
        long outputs = plan.outputs();
        long inputs = hasBias ? plan.joint() - 1 : plan.joint();
        MatrixView weights = MatrixView.of(Factors.matrix(flat, 0, outputs, inputs));
        MatrixView bias = hasBias ? MatrixView.of(Factors.matrix(flat, outputs * inputs, outputs, 1)) : weights;
        return new BlockVector(flat, view, weights, bias);
    }
}
