/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.nd4j.linalg.api.ndarray.INDArray;

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
        for (int i = 0; i < matrices.length; i++) {
            INDArray matrix = batched ? array.slice(i) : array;
            // a slice with a side of length 1 may lose its rank
            INDArray shaped = matrix.rank() == 2 ? matrix : matrix.dup('c').reshape('c', array.size(1), array.size(2));
            matrices[i] = symmetric ? ColumnMajor.symmetricCopyOf(name, shaped) : ColumnMajor.copyOf(name, shaped);
        }
        return new Slices(matrices);
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
