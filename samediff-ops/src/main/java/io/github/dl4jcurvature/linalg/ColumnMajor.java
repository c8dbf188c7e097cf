/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dlange;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * A gap-free column-major matrix in double precision outside any workspace, as LAPACK wants it.
 *
 * <p>The one place where arrays of any order, view or data type become LAPACK operands. A vector counts as one column.
 */
final class ColumnMajor {
    private final INDArray array;
    private final int rows;
    private final int columns;
    private final DoublePointer pointer;

    private ColumnMajor(INDArray array) {
        this.array = array;
        this.rows = Math.toIntExact(array.size(0));
        this.columns = array.rank() == 1 ? 1 : Math.toIntExact(array.size(1));
        this.pointer = NativeAddress.ofDouble(array);
    }

    /** Copies a matrix or vector, refusing NaN and infinity; the source is not modified. */
    static ColumnMajor copyOf(String name, INDArray source) {
        ColumnMajor copy = new ColumnMajor(detached(source.shape()).assign(source));
        double largest = copy.norm('M');
        if (!(largest >= 0 && largest <= Double.MAX_VALUE)) { // LAPACKE reports NaN as a negative norm
            throw new IllegalArgumentException(
                    "%s must be finite but %s; look for a diverged or uninitialised computation before this call"
                            .formatted(name, copy.firstNonFinite()));
        }
        return copy;
    }

    static ColumnMajor uninitialized(long... shape) {
        return new ColumnMajor(detached(shape));
    }

    static ColumnMajor zeros(long... shape) {
        return new ColumnMajor(detached(shape).assign(0.0));
    }

    /** A fresh array outside any workspace; legal for empty shapes too. */
    static INDArray detached(long... shape) {
        return Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', shape);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    DoublePointer pointer() {
        return pointer;
    }

    /** The array itself, not a copy. */
    INDArray array() {
        return array;
    }

    ColumnMajor copy() {
        return new ColumnMajor(detached(array.shape()).assign(array));
    }

    DoubleIndexer indexer() {
        return DoubleIndexer.create(pointer);
    }

    /** LAPACK norm: 'M' largest modulus, '1' largest column sum; negative or NaN if an element is NaN. */
    double norm(char kind) {
        return LAPACKE_dlange(LAPACK_COL_MAJOR, (byte) kind, rows, columns, pointer, rows);
    }

    /** Sum of the logarithms of the diagonal's moduli. */
    double logAbsoluteDiagonal() {
        DoubleIndexer elements = indexer();
        double sum = 0;
        for (long j = 0; j < columns; j++) {
            sum += Math.log(Math.abs(elements.get(j * rows + j)));
        }
        return sum;
    }

    private String firstNonFinite() {
        DoubleIndexer elements = indexer();
        long k = 0;
        while (Double.isFinite(elements.get(k))) {
            k++;
        }
        return "is %s at [%d, %d]".formatted(elements.get(k), k % rows, k / rows);
    }
}
