/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One block's part of a flat vector over all parameters, described once: making views costs more than small products.
 *
 * @param flat shape [parameters of the block]
 * @param view the same
 * @param weightsArray the part of the weights, shape [outputs, inputs]; the same as {@code flat} for a layer without block
 * @param biasArray the part of the bias, shape [outputs]; the same as {@code weightsArray} if there is none
 * @param weights view of {@code weightsArray}
 * @param bias view of {@code biasArray}, shape [outputs, 1]; the same object as {@code weights} if there is none
 */
record BlockVector(
        INDArray flat,
        MatrixView view,
        INDArray weightsArray,
        INDArray biasArray,
        MatrixView weights,
        MatrixView bias) {

    static BlockVector of(INDArray flat, BlockPlan plan, boolean hasBias) {
        MatrixView view = MatrixView.of(flat);
        if (!plan.hasBlock()) {
            return new BlockVector(flat, view, flat, flat, view, view);
        }
        long outputs = plan.outputs();
        long inputs = hasBias ? plan.joint() - 1 : plan.joint();
        INDArray weightsArray = Factors.matrix(flat, 0, outputs, inputs);
        MatrixView weights = MatrixView.of(weightsArray);
        if (!hasBias) {
            return new BlockVector(flat, view, weightsArray, weightsArray, weights, weights);
        }
        INDArray biasArray = Factors.slice(flat, outputs * inputs, outputs);
        return new BlockVector(flat, view, weightsArray, biasArray, weights, MatrixView.of(biasArray));
    }
}
