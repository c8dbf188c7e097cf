/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.ejml.data.DMatrixRMaj;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Ways to store one matrix; blocks lie in a larger array of huge, distinct numbers, so that access outside shows. */
enum Layout {
    ROW_MAJOR('c', false),
    COLUMN_MAJOR('f', false),
    ROW_MAJOR_BLOCK('c', true),
    COLUMN_MAJOR_BLOCK('f', true);

    private final char order;
    private final boolean block;

    Layout(char order, boolean block) {
        this.order = order;
        this.block = block;
    }

    INDArray store(DMatrixRMaj m, DataType type) {
        INDArray values = TestMatrices.array(m).castTo(type);
        int margin = block ? 2 : 0;
        long[] shape = {m.numRows + 2L * margin, m.numCols + 2L * margin};
        INDArray parent = Nd4j.createUninitialized(type, shape, order);
        parent.assign(Nd4j.arange((double) parent.length())
                .castTo(type)
                .addi(1)
                .muli(1e30)
                .reshape(shape));
        INDArray view = parent.get(
                NDArrayIndex.interval(margin, margin + m.numRows), NDArrayIndex.interval(margin, margin + m.numCols));
        return view.assign(values);
    }

    /** The memory of a stored matrix, the surroundings of a block included. */
    static double[] memory(INDArray stored) {
        DataBuffer whole = stored.data().originalDataBuffer();
        return (whole == null ? stored.data() : whole).asDouble();
    }
}
