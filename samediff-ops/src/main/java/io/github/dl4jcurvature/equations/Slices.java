/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The matrices of a batch, or one that all of it shares. */
final class Slices {
    private final ColumnMajor[] matrices;

    private Slices(ColumnMajor[] matrices) {
        this.matrices = matrices;
    }

    /** Copies the matrices of an array of rank 2 or 3, refusing what is not finite. */
    static Slices copyOf(String name, INDArray array, boolean symmetric) {
        boolean batched = array.rank() == 3;
        ColumnMajor[] matrices = new ColumnMajor[batched ? Math.toIntExact(array.size(0)) : 1];
        // slices of views with sides of length 1 lose their rank, or their elements: rows of a copy do not
        INDArray rows = batched && !array.isEmpty() ? array.dup('c').reshape('c', matrices.length, -1) : array;
        for (int i = 0; i < matrices.length; i++) {
            INDArray matrix = batched ? matrix(rows, i, array) : array;
            matrices[i] = symmetric ? ColumnMajor.symmetricCopyOf(name, matrix) : ColumnMajor.copyOf(name, matrix);
        }
        return new Slices(matrices);
    }

    private static INDArray matrix(INDArray rows, int index, INDArray batch) {
        return batch.isEmpty()
                ? Nd4j.create(batch.dataType(), batch.size(1), batch.size(2))
                : rows.getRow(index).reshape('c', batch.size(1), batch.size(2));
    }

    ColumnMajor get(int index) {
        return matrices[matrices.length == 1 ? 0 : index];
    }

    /** Replaces square matrices by their symmetric parts. */
    Slices symmetrized() {
        for (ColumnMajor matrix : matrices) {
            matrix.symmetrize();
        }
        return this;
    }
}
