/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.nd4j.linalg.api.ndarray.INDArray;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas.cblas_ddot;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas.cblas_dger;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;
import static org.bytedeco.openblas.global.openblas.cblas_dsdot;
import static org.bytedeco.openblas.global.openblas.cblas_dsyr2k;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas.cblas_sgemv;
import static org.bytedeco.openblas.global.openblas.cblas_sger;
import static org.bytedeco.openblas.global.openblas.cblas_sscal;
import static org.bytedeco.openblas.global.openblas.cblas_ssyrk;

/**
 * Matrix products in place, without copies, for hot loops.
 *
 * <p>The overloads on {@link MatrixView} add almost nothing to the cost of BLAS; those on {@code INDArray} describe
 * their arguments anew on every call. All arguments of a call must have the same type, {@code FLOAT} or {@code DOUBLE};
 * the arithmetic is done in that type. Each matrix may be row- or column-major; a transposed operand is
 * {@link MatrixView#transposed()}. Only the output is modified, and it must not share memory with an input. With a factor
 * \(\beta = 0\) the old content of the output is ignored, NaN included. Elements are not inspected: NaN and infinity
 * propagate. Calls on different outputs may run in parallel.
 */
public final class Gemm {
    private static final int SYMMETRIC_BLOCK = 96;

    private Gemm() {}

    /**
     * Adds a matrix product: \(C \leftarrow \alpha A B + \beta C\).
     *
     * @param alpha factor of the product
     * @param a shape [m, k]
     * @param b shape [k, n]
     * @param beta factor of the old content
     * @param c output, shape [m, n]
     * @throws IllegalArgumentException if shapes or types differ or c shares memory with a or b
     */
    public static void multiply(double alpha, MatrixView a, MatrixView b, double beta, MatrixView c) {
        Operands.requireProduct(a, b, c);
        int m = c.rows();
        int n = c.columns();
        int k = a.columns();
        int order = order(c);
        int opA = operation(a, c);
        int opB = operation(b, c);
        int lda = a.leadingDimension();
        int ldb = b.leadingDimension();
        int ldc = c.leadingDimension();
        if (c.isFloat()) {
            float s = (float) alpha;
            float t = (float) beta;
            cblas_sgemm(order, opA, opB, m, n, k, s, a.floats(), lda, b.floats(), ldb, t, c.floats(), ldc);
        } else {
            cblas_dgemm(order, opA, opB, m, n, k, alpha, a.doubles(), lda, b.doubles(), ldb, beta, c.doubles(), ldc);
        }
    }

    /**
     * Adds a matrix product: \(C \leftarrow \alpha A B + \beta C\).
     *
     * @param alpha factor of the product
     * @param a shape [m, k]
     * @param b shape [k, n]
     * @param beta factor of the old content
     * @param c output, shape [m, n]
     * @throws IllegalArgumentException if an array is not a dense matrix (see {@link MatrixView#of}), shapes or types
     *     differ, or c shares memory with a or b
     */
    public static void multiply(double alpha, INDArray a, INDArray b, double beta, INDArray c) {
        multiply(alpha, MatrixView.of(a), MatrixView.of(b), beta, MatrixView.of(c));
    }

    /**
     * Adds the product of a matrix with its own transpose: \(C \leftarrow \alpha A A^\top + \beta C\).
     *
     * <p>Half the operations of {@link #multiply}; the result is symmetric bit for bit. For \(A^\top A\) pass
     * {@code a.transposed()}.
     *
     * @param alpha factor of the product
     * @param a shape [n, k]
     * @param beta factor of the old content; unless it is 0, c must be symmetric, because one triangle is read
     * @param c output, shape [n, n]; both triangles are written
     * @throws IllegalArgumentException if shapes or types differ or c shares memory with a
     */
    public static void symmetricProduct(double alpha, MatrixView a, double beta, MatrixView c) {
        Operands.requireSymmetricProduct(a, c);
        int n = c.rows();
        int k = a.columns();
        // a symmetric matrix may always be read as column-major
        int op = a.isColumnMajor() ? CblasNoTrans : CblasTrans;
        int lda = a.leadingDimension();
        int ldc = c.leadingDimension();
        if (c.isFloat()) {
            float s = (float) alpha;
            float t = (float) beta;
            cblas_ssyrk(CblasColMajor, CblasLower, op, n, k, s, a.floats(), lda, t, c.floats(), ldc);
        } else {
            cblas_dsyrk(CblasColMajor, CblasLower, op, n, k, alpha, a.doubles(), lda, beta, c.doubles(), ldc);
        }
        Mirror.lowerToUpper(c);
    }

    /**
     * Adds the product of a matrix with its own transpose: \(C \leftarrow \alpha A A^\top + \beta C\).
     *
     * @param alpha factor of the product
     * @param a shape [n, k]
     * @param beta factor of the old content; unless it is 0, c must be symmetric, because one triangle is read
     * @param c output, shape [n, n]; both triangles are written
     * @throws IllegalArgumentException if an array is not a dense matrix (see {@link MatrixView#of}), shapes or types
     *     differ, or c shares memory with a
     */
    public static void symmetricProduct(double alpha, INDArray a, double beta, INDArray c) {
        symmetricProduct(alpha, MatrixView.of(a), beta, MatrixView.of(c));
    }

    /**
     * Adds a product that is known to be symmetric: \(C \leftarrow \alpha A B + \beta C\).
     *
     * <p>For large matrices little more than half of the operations of {@link #multiply}; the result is symmetric bit for bit.
     *
     * @param alpha factor of the product
     * @param a shape [n, k]
     * @param b shape [k, n] with \(A B = (A B)^\top\) up to rounding; what is above the diagonal is not looked at
     * @param beta factor of the old content, which must be symmetric
     * @param c output in DOUBLE, shape [n, n]; both triangles are written
     * @throws IllegalArgumentException if shapes or types differ or c shares memory with a or b
     */
    public static void multiplySymmetric(double alpha, MatrixView a, MatrixView b, double beta, MatrixView c) {
        Operands.requireProduct(a, b, c);
        MatrixView columns = c.isColumnMajor() ? c : c.transposed();
        multiplyLower(alpha, a, b, beta, columns);
        Mirror.lowerToUpper(columns);
    }

    /** Computes the block below the diagonal as a whole, and the two on the diagonal likewise. */
    private static void multiplyLower(double alpha, MatrixView a, MatrixView b, double beta, MatrixView c) {
        int n = c.rows();
        if (n <= SYMMETRIC_BLOCK) {
            multiply(alpha, a, b, beta, c);
            return;
        }
        int k = n / 2;
        multiplyLower(alpha, a.rows(0, k), b.columns(0, k), beta, c.rows(0, k).columns(0, k));
        multiply(alpha, a.rows(k, n), b.columns(0, k), beta, c.rows(k, n).columns(0, k));
        multiplyLower(alpha, a.rows(k, n), b.columns(k, n), beta, c.rows(k, n).columns(k, n));
    }

    /**
     * Adds a product and its transpose: \(C \leftarrow \alpha (A B^\top + B A^\top) + \beta C\).
     *
     * <p>Half the operations of two calls of {@link #multiply}; the result is symmetric bit for bit. {@code DOUBLE} only.
     *
     * @param alpha factor of the products
     * @param a shape [n, k]
     * @param b shape [n, k], of the same storage order as a
     * @param beta factor of the old content
     * @param c output, shape [n, n], symmetric, because one triangle is read; both triangles are written
     * @throws IllegalArgumentException if shapes, types or storage orders do not fit or c shares memory with a or b
     */
    public static void symmetricRankTwo(double alpha, MatrixView a, MatrixView b, double beta, MatrixView c) {
        Operands.requireProduct(a, b.transposed(), c);
        if (c.isFloat() || a.isColumnMajor() != b.isColumnMajor()) {
            throw new IllegalArgumentException(
                    "a %s and b %s must be DOUBLE and of the same storage order; copy one of them".formatted(a, b));
        }
        int op = a.isColumnMajor() ? CblasNoTrans : CblasTrans;
        cblas_dsyr2k(
                CblasColMajor,
                CblasLower,
                op,
                c.rows(),
                a.columns(),
                alpha,
                a.doubles(),
                a.leadingDimension(),
                b.doubles(),
                b.leadingDimension(),
                beta,
                c.doubles(),
                c.leadingDimension());
        Mirror.lowerToUpper(c);
    }

    /**
     * Adds a matrix-vector product: \(y \leftarrow \alpha A x + \beta y\).
     *
     * @param alpha factor of the product
     * @param a shape [m, n]
     * @param x vector of n elements (one row or one column)
     * @param beta factor of the old content
     * @param y output, vector of m elements
     * @throws IllegalArgumentException if shapes or types differ or y shares memory with a or x
     */
    public static void multiplyVector(double alpha, MatrixView a, MatrixView x, double beta, MatrixView y) {
        Operands.requireVectorProduct(a, x, y);
        int m = a.rows();
        int n = a.columns();
        int order = order(a);
        int lda = a.leadingDimension();
        int incX = x.increment();
        int incY = y.increment();
        if (a.isFloat()) {
            float s = (float) alpha;
            float t = (float) beta;
            cblas_sgemv(order, CblasNoTrans, m, n, s, a.floats(), lda, x.floats(), incX, t, y.floats(), incY);
        } else {
            cblas_dgemv(order, CblasNoTrans, m, n, alpha, a.doubles(), lda, x.doubles(), incX, beta, y.doubles(), incY);
        }
    }

    /**
     * Adds a matrix-vector product: \(y \leftarrow \alpha A x + \beta y\).
     *
     * @param alpha factor of the product
     * @param a shape [m, n]
     * @param x vector of n elements (one row or one column)
     * @param beta factor of the old content
     * @param y output, vector of m elements
     * @throws IllegalArgumentException if an array is not dense (see {@link MatrixView#of}), shapes or types differ, or y
     *     shares memory with a or x
     */
    public static void multiplyVector(double alpha, INDArray a, INDArray x, double beta, INDArray y) {
        multiplyVector(alpha, MatrixView.of(a), MatrixView.of(x), beta, MatrixView.of(y));
    }

    /**
     * Adds an outer product: \(A \leftarrow A + \alpha x y^\top\).
     *
     * @param alpha factor of the product
     * @param x vector of m elements (one row or one column)
     * @param y vector of n elements
     * @param a matrix to update, shape [m, n]
     * @throws IllegalArgumentException if shapes or types differ or a shares memory with x or y
     */
    public static void rankOneUpdate(double alpha, MatrixView x, MatrixView y, MatrixView a) {
        Operands.requireOuterProduct(x, y, a);
        int m = a.rows();
        int n = a.columns();
        int order = order(a);
        int lda = a.leadingDimension();
        if (a.isFloat()) {
            float s = (float) alpha;
            cblas_sger(order, m, n, s, x.floats(), x.increment(), y.floats(), y.increment(), a.floats(), lda);
        } else {
            cblas_dger(order, m, n, alpha, x.doubles(), x.increment(), y.doubles(), y.increment(), a.doubles(), lda);
        }
    }

    /**
     * Adds an outer product: \(A \leftarrow A + \alpha x y^\top\).
     *
     * @param alpha factor of the product
     * @param x vector of m elements (one row or one column)
     * @param y vector of n elements
     * @param a matrix to update, shape [m, n]
     * @throws IllegalArgumentException if an array is not dense (see {@link MatrixView#of}), shapes or types differ, or a
     *     shares memory with x or y
     */
    public static void rankOneUpdate(double alpha, INDArray x, INDArray y, INDArray a) {
        rankOneUpdate(alpha, MatrixView.of(x), MatrixView.of(y), MatrixView.of(a));
    }

    /**
     * The inner product \(x^\top y\), accumulated in double precision for both types.
     *
     * @param x vector (one row or one column; see {@link MatrixView#flattened()} for matrices)
     * @param y vector of the same number of elements; may be x itself
     * @return the sum of products
     * @throws IllegalArgumentException if lengths or types differ
     */
    public static double dot(MatrixView x, MatrixView y) {
        Operands.requireEqualVectors(x, y);
        int n = x.length();
        return x.isFloat()
                ? cblas_dsdot(n, x.floats(), x.increment(), y.floats(), y.increment())
                : cblas_ddot(n, x.doubles(), x.increment(), y.doubles(), y.increment());
    }

    /**
     * Adds a multiple of a vector: \(y \leftarrow y + \alpha x\).
     *
     * @param alpha factor
     * @param x vector (one row or one column; see {@link MatrixView#flattened()} for matrices)
     * @param y vector to update, of the same number of elements
     * @throws IllegalArgumentException if lengths or types differ or y shares memory with x
     */
    public static void axpy(double alpha, MatrixView x, MatrixView y) {
        Operands.requireEqualVectors(x, y);
        Aliasing.requireDisjoint("y", y, "x", x);
        int n = x.length();
        if (x.isFloat()) {
            cblas_saxpy(n, (float) alpha, x.floats(), x.increment(), y.floats(), y.increment());
        } else {
            cblas_daxpy(n, alpha, x.doubles(), x.increment(), y.doubles(), y.increment());
        }
    }

    /**
     * Multiplies a vector: \(x \leftarrow \alpha x\).
     *
     * @param alpha factor
     * @param x vector to scale (one row or one column; see {@link MatrixView#flattened()} for matrices)
     * @throws IllegalArgumentException if x is not a vector
     */
    public static void scale(double alpha, MatrixView x) {
        Operands.requireVector("x", x);
        if (x.isFloat()) {
            cblas_sscal(x.length(), (float) alpha, x.floats(), x.increment());
        } else {
            cblas_dscal(x.length(), alpha, x.doubles(), x.increment());
        }
    }

    private static int order(MatrixView matrix) {
        return matrix.isColumnMajor() ? CblasColMajor : CblasRowMajor;
    }

    /** A matrix stored in the other order than the output is the transpose of a matrix stored in the same order. */
    private static int operation(MatrixView operand, MatrixView output) {
        return operand.isColumnMajor() == output.isColumnMajor() ? CblasNoTrans : CblasTrans;
    }
}
