/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dlange;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas.cblas_dcopy;
import static org.bytedeco.openblas.global.openblas.cblas_dnrm2;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;

/**
 * A gap-free column-major matrix in double precision outside any workspace, as LAPACK wants it.
 *
 * <p>The one place where arrays of any order, view or data type become LAPACK operands. A vector counts as one column.
 * Not safe to modify from several threads.
 */
public final class ColumnMajor implements AutoCloseable {
    private static final int AVERAGED = 128;
    private static final int TILE = 32;

    private final long[] shape;
    private final int rows;
    private final int columns;
    private final DoublePointer pointer;
    private final MatrixView view;
    /** Made when asked for: the host takes longer to make an array than to multiply two matrices of order 50. */
    private volatile @Nullable INDArray array;

    private ColumnMajor(DoublePointer pointer, long... shape) {
        BlasSelfTest.require();
        this.shape = shape;
        this.rows = Math.toIntExact(shape[0]);
        this.columns = shape.length == 1 ? 1 : Math.toIntExact(shape[1]);
        this.pointer = pointer;
        this.view = MatrixView.of(pointer, rows, columns);
    }

    private ColumnMajor(INDArray array) {
        this(NativeAddress.ofDouble(array), array.shape());
        this.array = array;
    }

    /**
     * Copies a matrix or vector; the source is not modified.
     *
     * @param name how messages call it
     * @param source shape [rows, columns] or [rows], not empty, of any order, view or real data type
     * @return the copy
     * @throws IllegalArgumentException if an element is NaN or infinite
     */
    public static ColumnMajor copyOf(String name, INDArray source) {
        ColumnMajor copy = uninitialized(source.shape());
        if (source.dataType() == DataType.DOUBLE && source.rank() == 2 && isDense(source)) {
            Copies.copy(MatrixView.of(source), copy.view); // the host's assignment takes several times as long
        } else {
            copy.array().assign(source);
        }
        copy.requireFinite(name);
        return copy;
    }

    private void requireFinite(String name) {
        DoubleIndexer elements = indexer();
        long length = pointer.capacity();
        for (long k = 0; k < length; k++) {
            if (!(Math.abs(elements.get(k)) <= Double.MAX_VALUE)) {
                throw new IllegalArgumentException(
                        "%s must be finite but is %s at [%d, %d]; look for a diverged or uninitialised computation before this call"
                                .formatted(name, elements.get(k), k % rows, k / rows));
            }
        }
    }

    private static boolean isDense(INDArray source) {
        return (source.stride(0) == 1 && source.stride(1) >= source.size(0))
                || (source.stride(1) == 1 && source.stride(0) >= source.size(1));
    }

    /**
     * A matrix to be written to.
     *
     * @param shape [rows, columns], both at least 1
     * @return a fresh matrix of arbitrary content
     */
    public static ColumnMajor uninitialized(long... shape) {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        return new ColumnMajor(new DoublePointer(elements), shape.clone());
    }

    /**
     * Copies a matrix that is symmetric up to rounding, as its symmetric part.
     *
     * @param name how messages call it
     * @param source shape [n, n]
     * @return \((A + A^\top)/2\)
     * @throws IllegalArgumentException if it is not square, not finite or not symmetric up to rounding
     */
    public static ColumnMajor symmetricCopyOf(String name, INDArray source) {
        return SymmetricInput.copyOf(name, source);
    }

    /**
     * Takes over an array without copying it.
     *
     * @param array shape [rows, columns], of DOUBLE, gap-free in order 'f'
     * @return the same memory
     */
    public static ColumnMajor of(INDArray array) {
        if (array.dataType() != DataType.DOUBLE || array.ordering() != 'f' || array.isView()) {
            throw new IllegalArgumentException(
                    "array must be gap-free in DOUBLE and order 'f' but is %s in order '%s'; use copyOf"
                            .formatted(array.dataType(), array.ordering()));
        }
        return new ColumnMajor(array);
    }

    /**
     * A matrix of zeros.
     *
     * @param shape [rows, columns], both at least 1
     * @return a fresh matrix
     */
    public static ColumnMajor zeros(long... shape) {
        ColumnMajor zeros = uninitialized(shape);
        Pointer.memset(zeros.pointer, 0, zeros.pointer.capacity() * Double.BYTES);
        return zeros;
    }

    /**
     * The product of two matrices.
     *
     * @param a shape [m, k]
     * @param b shape [k, n]
     * @return a fresh matrix \(A B\), shape [m, n]
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static ColumnMajor product(MatrixView a, MatrixView b) {
        ColumnMajor c = uninitialized(a.rows(), b.columns());
        Gemm.multiply(1, a, b, 0, c.view);
        return c;
    }

    /**
     * The product of two matrices that is known to be symmetric, for large ones at little more than half the work.
     *
     * <p>Small ones are averaged with their transpose, which is more accurate.
     *
     * @param a shape [n, k]
     * @param b shape [k, n]
     * @return a fresh matrix \(A B\), shape [n, n], symmetric bit for bit
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static ColumnMajor symmetricProduct(MatrixView a, MatrixView b) {
        ColumnMajor c = uninitialized(a.rows(), b.columns());
        c.setSymmetricProduct(a, b);
        return c;
    }

    /**
     * Replaces this matrix by a product that is known to be symmetric, as {@link #symmetricProduct} computes it.
     *
     * @param a shape [n, k]
     * @param b shape [k, n]
     * @throws IllegalArgumentException if the shapes do not fit or this matrix shares memory with a or b
     */
    public void setSymmetricProduct(MatrixView a, MatrixView b) {
        if (rows <= AVERAGED) {
            Gemm.multiply(1, a, b, 0, view);
            symmetrize();
        } else {
            Gemm.multiplySymmetric(1, a, b, 0, view);
        }
    }

    /**
     * A copy of a block.
     *
     * @param source any matrix of doubles
     * @return a fresh matrix of its shape
     */
    public static ColumnMajor copyOf(MatrixView source) {
        ColumnMajor copy = uninitialized(source.rows(), source.columns());
        Copies.copy(source, copy.view);
        return copy;
    }

    /** A fresh array outside any workspace; legal for empty shapes too. */
    static INDArray detached(long... shape) {
        return Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', shape);
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
     * The matrix as an operand of {@link Gemm}.
     *
     * @return a view of the same memory
     */
    public MatrixView view() {
        return view;
    }

    DoublePointer pointer() {
        return pointer;
    }

    /**
     * The array itself, not a copy.
     *
     * @return shape [rows, columns], order 'f'
     */
    public INDArray array() {
        INDArray made = array;
        if (made == null) {
            DataBuffer memory = Nd4j.createBuffer(pointer, pointer.capacity(), DataType.DOUBLE);
            made = Nd4j.create(memory, shape, strides(), 0, 'f');
            array = made;
        }
        return made;
    }

    private long[] strides() {
        return shape.length == 1 ? new long[] {1} : new long[] {1, rows};
    }

    /**
     * An independent copy.
     *
     * @return a fresh matrix
     */
    public ColumnMajor copy() {
        ColumnMajor copy = uninitialized(shape);
        cblas_dcopy(rows * columns, pointer, 1, copy.pointer, 1);
        return copy;
    }

    /**
     * Adds a multiple of another matrix: \(A \leftarrow A + \alpha B\).
     *
     * @param alpha the factor
     * @param other B, of the same shape
     * @return this
     */
    public ColumnMajor add(double alpha, ColumnMajor other) {
        if (other.rows != rows || other.columns != columns) {
            throw new IllegalArgumentException(
                    "other is %s but must have the shape %s of this matrix".formatted(other.view, view));
        }
        cblas_daxpy(rows * columns, alpha, other.pointer, 1, pointer, 1);
        return this;
    }

    /**
     * Multiplies all elements by a number.
     *
     * @param alpha the factor
     * @return this
     */
    public ColumnMajor scale(double alpha) {
        cblas_dscal(rows * columns, alpha, pointer, 1);
        return this;
    }

    /**
     * Adds a number to the elements of the diagonal.
     *
     * @param alpha what is added
     * @return this
     */
    public ColumnMajor addToDiagonal(double alpha) {
        DoubleIndexer elements = indexer();
        for (long i = 0; i < Math.min(rows, columns); i++) {
            elements.put(i * (rows + 1L), elements.get(i * (rows + 1L)) + alpha);
        }
        return this;
    }

    /**
     * Replaces a square matrix by its symmetric part \((A + A^\top)/2\).
     *
     * @return the largest difference of mirrored elements before
     */
    public double symmetrize() {
        DoubleIndexer elements = indexer();
        double largest = 0;
        for (int top = 0; top < rows; top += TILE) {
            for (int left = 0; left <= top; left += TILE) {
                largest = Math.max(largest, symmetrizeTile(elements, top, left));
            }
        }
        return largest;
    }

    /** Averages a tile on or below the diagonal with its mirror image; both stay in the cache. */
    private double symmetrizeTile(DoubleIndexer elements, int top, int left) {
        long n = rows;
        int bottom = Math.min(top + TILE, rows);
        double largest = 0;
        for (long j = left; j < Math.min(left + TILE, rows); j++) {
            for (long i = Math.max(top, j + 1); i < bottom; i++) {
                double below = elements.get(i + j * n);
                double above = elements.get(j + i * n);
                largest = Math.max(largest, Math.abs(below - above));
                double mean = 0.5 * below + 0.5 * above; // halved first: the sum may overflow
                elements.put(i + j * n, mean);
                elements.put(j + i * n, mean);
            }
        }
        return largest;
    }

    /**
     * Similarity transform by a diagonal matrix: \(a_{ij} \leftarrow d_i a_{ij} / d_j\).
     *
     * @param d the diagonal, not zero
     * @return this
     */
    public ColumnMajor scaleSimilar(double... d) {
        return scaleElements((i, j) -> d[i] / d[j]);
    }

    /**
     * Congruence by a diagonal matrix: \(a_{ij} \leftarrow d_i a_{ij} d_j\).
     *
     * @param d the diagonal
     * @return this
     */
    public ColumnMajor scaleBoth(double... d) {
        return scaleElements((i, j) -> d[i] * d[j]);
    }

    private ColumnMajor scaleElements(IntToDoubleBinary factor) {
        DoubleIndexer elements = indexer();
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                long k = i + (long) j * rows;
                elements.put(k, elements.get(k) * factor.apply(i, j));
            }
        }
        return this;
    }

    private interface IntToDoubleBinary {
        double apply(int i, int j);
    }

    /**
     * Copies a multiple of a block to another.
     *
     * @param alpha the factor
     * @param source any matrix of doubles
     * @param target of the same shape; overwritten
     */
    public static void copy(double alpha, MatrixView source, MatrixView target) {
        Copies.copy(source, target);
        if (alpha != 1) {
            Copies.scale(alpha, target);
        }
    }

    /**
     * Whether a square matrix equals its transpose bit for bit.
     *
     * @return true if it does
     */
    public boolean isSymmetric() {
        DoubleIndexer elements = indexer();
        for (int top = 0; top < rows; top += TILE) {
            for (int left = 0; left <= top; left += TILE) {
                if (!isTileMirrored(elements, top, left)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Compares a tile on or below the diagonal with its mirror image; both stay in the cache. */
    private boolean isTileMirrored(DoubleIndexer elements, int top, int left) {
        long n = rows;
        int bottom = Math.min(top + TILE, rows);
        for (long j = left; j < Math.min(left + TILE, rows); j++) {
            for (long i = Math.max(top, j + 1); i < bottom; i++) {
                if (elements.get(i + j * n) != elements.get(j + i * n)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * The Frobenius norm.
     *
     * @return \(\sqrt{\sum a_{ij}^2}\), NaN if an element is NaN
     */
    public double frobenius() {
        return cblas_dnrm2(rows * columns, pointer, 1);
    }

    /**
     * An element.
     *
     * @param row row
     * @param column column
     * @return its value
     */
    public double get(int row, int column) {
        return pointer.get(row + (long) column * rows);
    }

    /**
     * The elements of a column.
     *
     * @param column which
     * @return a copy
     */
    public double[] column(int column) {
        double[] elements = new double[rows];
        indexer().get((long) column * rows, elements, 0, rows);
        return elements;
    }

    /** Frees the memory now; the matrix, its array and its views must not be used any more. */
    @Override
    public void close() {
        INDArray made = array;
        if (made != null) {
            made.close();
        }
        pointer.close();
    }

    /** Fast access to the elements, in the order of memory. */
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
}
