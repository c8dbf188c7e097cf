/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.HashMap;
import java.util.Map;

import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Named intermediate matrices, kept from one iteration to the next as long as their shape stays. */
final class Scratch {
    private final DataType type;
    private final Map<String, MatrixView> matrices = new HashMap<>();
    private MatrixView ones;

    Scratch(DataType type) {
        this.type = type;
        this.ones = column(1);
    }

    /** An uninitialised matrix; a call with the same name gives the same memory. */
    MatrixView matrix(String name, int rows, int columns) {
        MatrixView existing = matrices.get(name);
        if (existing == null || existing.rows() != rows || existing.columns() != columns) {
            existing = create(rows, columns);
            matrices.put(name, existing);
        }
        return existing;
    }

    /** A column of ones, shape [rows, 1]. */
    MatrixView ones(int rows) {
        if (ones.rows() != rows) {
            ones = column(rows);
        }
        return ones;
    }

    private MatrixView create(int rows, int columns) {
        return MatrixView.of(Nd4j.createUninitializedDetached(type, 'c', rows, columns));
    }

    private MatrixView column(int rows) {
        return MatrixView.of(
                Nd4j.createUninitializedDetached(type, 'c', rows, 1).assign(1));
    }
}
