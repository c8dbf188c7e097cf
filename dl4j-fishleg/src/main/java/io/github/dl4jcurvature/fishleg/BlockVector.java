/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer's part of a flat vector over all parameters, described once: making views costs more than small products.
 *
 * @param flat shape [parameters of the layer]
 * @param view the same
 * @param blocks the matrices of the layer's blocks
 */
record BlockVector(INDArray flat, MatrixView view, List<Matrix> blocks) {

    /**
     * A matrix in parts that lie side by side.
     *
     * @param arrays the parts, each of shape [rows, columns of the part]
     * @param views the same
     */
    record Matrix(List<INDArray> arrays, List<MatrixView> views) {}

    static BlockVector of(INDArray flat, BlockPlan plan) {
        List<Matrix> blocks = new ArrayList<>();
        for (SubBlockPlan block : plan.blocks()) {
            List<INDArray> arrays = new ArrayList<>();
            for (int part = 0; part < block.parts(); part++) {
                arrays.add(Factors.matrix(flat, block.start(part), block.rows(), block.columns(part)));
            }
            blocks.add(new Matrix(arrays, arrays.stream().map(MatrixView::of).toList()));
        }
        return new BlockVector(flat, MatrixView.of(flat), blocks);
    }
}
