/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.Arrays;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense matrix in the memory of an array, described once so that {@link Gemm} pays nothing per call.
 *
 * <p>Row- or column-major, gap-free or a block of a larger matrix; a vector is a matrix with one row or one column.
 * Nothing is copied: writing to the view writes to the array. The view keeps the array's memory alive, but a view of an
 * array in a workspace is valid only as long as that workspace's memory is not reused.
 */
public final class MatrixView {
    private final Pointer address;
    private final DataType type;
    private final int rows;
    private final int columns;
    private final boolean columnMajor;
    private final int leadingDimension;

    private MatrixView(
            Pointer address, DataType type, int rows, int columns, boolean columnMajor, int leadingDimension) {
        this.address = address;
        this.type = type;
        this.rows = rows;
        this.columns = columns;
        this.columnMajor = columnMajor;
        this.leadingDimension = leadingDimension;
    }

    /**
     * Describes an array.
     *
     * @param array shape [rows, columns], or [rows] for one column; {@code FLOAT} or {@code DOUBLE}; consecutive elements
     *     of a row or of a column must be neighbours in memory (vectors may have any positive stride)
     * @return the view
     * @throws IllegalArgumentException if the array is empty, of another rank or type, or has other strides
     */
    public static MatrixView of(INDArray array) {
        requireSupported(array);
        boolean vector = array.rank() == 1;
        int rows = Math.toIntExact(array.size(0));
        int columns = vector ? 1 : Math.toIntExact(array.size(1));
        long rowStride = array.stride(0);
        long columnStride = vector ? rows : array.stride(1);
        boolean columnMajor = isDense(rows, rowStride, columns, columnStride);
        if (!columnMajor && !isDense(columns, columnStride, rows, rowStride)) {
            throw new IllegalArgumentException(
                    "array of shape %s with strides %s is neither row- nor column-major; copy it with dup() first"
                            .formatted(Arrays.toString(array.shape()), Arrays.toString(array.stride())));
        }
        int minor = columnMajor ? rows : columns;
        int major = columnMajor ? columns : rows;
        long majorStride = columnMajor ? columnStride : rowStride;
        int leading = major == 1 ? minor : Math.toIntExact(majorStride);
        return new MatrixView(address(array), array.dataType(), rows, columns, columnMajor, leading);
    }

    /** A gap-free column-major matrix of doubles. */
    static MatrixView of(DoublePointer first, int rows, int columns) {
        return new MatrixView(first, DataType.DOUBLE, rows, columns, true, rows);
    }

    /**
     * The transpose of the same memory; free of cost.
     *
     * @return shape [columns, rows]
     */
    public MatrixView transposed() {
        return new MatrixView(address, type, columns, rows, !columnMajor, leadingDimension);
    }

    /**
     * Some neighbouring rows.
     *
     * @param from first row
     * @param to one past the last row, larger than {@code from}
     * @return a block of the same memory, shape [to - from, columns]
     * @throws IllegalArgumentException if the range is empty or leaves the matrix
     */
    public MatrixView rows(int from, int to) {
        requireRange("rows", from, to, rows);
        return block(columnMajor ? from : (long) from * leadingDimension, to - from, columns);
    }

    /**
     * Some neighbouring columns.
     *
     * @param from first column
     * @param to one past the last column, larger than {@code from}
     * @return a block of the same memory, shape [rows, to - from]
     * @throws IllegalArgumentException if the range is empty or leaves the matrix
     */
    public MatrixView columns(int from, int to) {
        requireRange("columns", from, to, columns);
        return block(columnMajor ? (long) from * leadingDimension : from, rows, to - from);
    }

    /**
     * The elements of a gap-free matrix in the order of memory, as one column.
     *
     * @return shape [rows * columns, 1]
     * @throws IllegalArgumentException if the matrix is a block with gaps
     */
    public MatrixView flattened() {
        if (major() > 1 && leadingDimension != minor()) {
            throw new IllegalArgumentException(
                    "a block %s with gaps (leading dimension %d) has no flat view; take its rows or columns one by one"
                            .formatted(this, leadingDimension));
        }
        int length = Math.multiplyExact(rows, columns);
        return new MatrixView(address, type, length, 1, true, length);
    }

    /**
     * The number of rows.
     *
     * @return at least 1
     */
    public int rows() {
        return rows;
    }

    /**
     * The number of columns.
     *
     * @return at least 1
     */
    public int columns() {
        return columns;
    }

    /**
     * The type of the elements.
     *
     * @return {@code FLOAT} or {@code DOUBLE}
     */
    public DataType dataType() {
        return type;
    }

    /** The shape, for messages. */
    @Override
    public String toString() {
        return "[%d, %d]".formatted(rows, columns);
    }

    boolean isFloat() {
        return type == DataType.FLOAT;
    }

    boolean isColumnMajor() {
        return columnMajor;
    }

    /** Elements between neighbouring columns (column-major) or rows (row-major). */
    int leadingDimension() {
        return leadingDimension;
    }

    /** Length of a run of neighbouring elements. */
    int minor() {
        return columnMajor ? rows : columns;
    }

    /** Number of runs. */
    int major() {
        return columnMajor ? columns : rows;
    }

    boolean isVector() {
        return rows == 1 || columns == 1;
    }

    int length() {
        return rows == 1 ? columns : rows;
    }

    /** Stride of a vector. */
    int increment() {
        return major() == 1 ? 1 : leadingDimension;
    }

    FloatPointer floats() {
        return (FloatPointer) address;
    }

    DoublePointer doubles() {
        return (DoublePointer) address;
    }

    /** Machine address of the first element. */
    long start() {
        return address.address();
    }

    private MatrixView block(long offset, int blockRows, int blockColumns) {
        Pointer start = NativeAddress.moved(address, offset);
        return new MatrixView(start, type, blockRows, blockColumns, columnMajor, leadingDimension);
    }

    private static void requireRange(String what, int from, int to, int size) {
        if (!(from >= 0 && from < to && to <= size)) {
            throw new IllegalArgumentException("%s [%d, %d) must be a non-empty part of the %d %s; correct the range"
                    .formatted(what, from, to, size, what));
        }
    }

    private static boolean isDense(int minor, long minorStride, int major, long majorStride) {
        return (minor == 1 || minorStride == 1) && (major == 1 || majorStride >= minor);
    }

    private static void requireSupported(INDArray array) {
        DataType type = array.dataType();
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException(
                    "array has data type %s but FLOAT or DOUBLE is required; convert it with castTo".formatted(type));
        }
        if (array.isEmpty() || array.rank() < 1 || array.rank() > 2) {
            throw new IllegalArgumentException(
                    "array must be a matrix or vector with at least one element but has shape %s; reshape it"
                            .formatted(Arrays.toString(array.shape())));
        }
    }

    private static Pointer address(INDArray array) {
        return array.dataType() == DataType.FLOAT ? NativeAddress.ofFloat(array) : NativeAddress.ofDouble(array);
    }
}
