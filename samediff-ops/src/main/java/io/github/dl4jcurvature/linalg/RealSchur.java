/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.function.DoublePredicate;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgees;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dtrsen_work;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/**
 * Real Schur decomposition \(A = U T U^\top\) of a square matrix.
 *
 * <p>U is orthogonal and T quasi-triangular: upper triangular but for 2 by 2 blocks on the diagonal, one for each pair
 * of complex eigenvalues. Immutable as long as nobody writes to its views. Cost: about \(25n^3\) operations. Source:
 * LAPACK {@code dgees}, {@code dtrsen}.
 */
public final class RealSchur implements AutoCloseable {
    private final ColumnMajor triangular;
    private final ColumnMajor orthogonal;
    private final double[] real;
    private final double[] imaginary;

    private RealSchur(ColumnMajor triangular, ColumnMajor orthogonal, double[] real, double[] imaginary) {
        this.triangular = triangular;
        this.orthogonal = orthogonal;
        this.real = real;
        this.imaginary = imaginary;
    }

    /**
     * Decomposes a square matrix.
     *
     * @param name how messages call it
     * @param a shape [n, n], finite; not modified
     * @return its decomposition
     * @throws SingularEquationException if the iteration does not converge
     */
    public static RealSchur of(String name, ColumnMajor a) {
        ColumnMajor t = a.copy();
        int n = t.rows();
        ColumnMajor u = ColumnMajor.uninitialized(n, n);
        try (IntPointer dimension = new IntPointer(1L);
                DoublePointer re = new DoublePointer((long) n);
                DoublePointer im = new DoublePointer((long) n)) {
            int info = LAPACKE_dgees(
                    LAPACK_COL_MAJOR,
                    (byte) 'V',
                    (byte) 'N',
                    null,
                    n,
                    t.pointer(),
                    n,
                    dimension,
                    re,
                    im,
                    u.pointer(),
                    n);
            Lapack.requireConverged("dgees", info, name, n, n);
            return new RealSchur(t, u, elements(re, n), elements(im, n));
        }
    }

    /**
     * Takes factors that were computed before.
     *
     * @param triangular T
     * @param orthogonal U
     * @return the decomposition, which owns them
     */
    public static RealSchur restored(ColumnMajor triangular, ColumnMajor orthogonal) {
        int n = triangular.rows();
        double[] real = new double[n];
        double[] imaginary = new double[n];
        for (int i = 0; i < n; i++) {
            real[i] = triangular.get(i, i); // blocks of dgees have equal diagonal elements
            if (i + 1 < n && triangular.get(i + 1, i) != 0) {
                imaginary[i] =
                        Math.sqrt(Math.abs(triangular.get(i + 1, i))) * Math.sqrt(Math.abs(triangular.get(i, i + 1)));
                imaginary[i + 1] = -imaginary[i];
                real[i + 1] = real[i];
                i++;
            }
        }
        return new RealSchur(triangular, orthogonal, real, imaginary);
    }

    /**
     * The product with the transposed triangular factor, at about half the work of a full one.
     *
     * @param m shape [k, n]
     * @return a fresh matrix \(M T^\top\), shape [k, n]
     */
    public ColumnMajor timesTransposed(ColumnMajor m) {
        ColumnMajor product = ColumnMajor.uninitialized(m.rows(), m.columns());
        QuasiTriangular.of(triangular.view().transposed()).multiplyFromLeft(m.view(), 0, product.view());
        return product;
    }

    /**
     * Moves the eigenvalues whose real parts a condition selects to the front.
     *
     * @param select condition on the real part
     * @return the leading columns of U, an orthonormal basis of the selected invariant subspace, shape [n, selected]
     * @throws SingularEquationException if eigenvalues are too close to be swapped
     */
    public MatrixView invariantSubspace(DoublePredicate select) {
        int n = order();
        int work = Math.max(n, 1);
        try (IntPointer selected = new IntPointer((long) n);
                IntPointer count = new IntPointer(1L);
                DoublePointer re = new DoublePointer((long) n);
                DoublePointer im = new DoublePointer((long) n);
                DoublePointer condition = new DoublePointer(2L);
                DoublePointer workspace = new DoublePointer((long) work);
                IntPointer integers = new IntPointer(1L)) {
            for (int i = 0; i < n; i++) {
                selected.put(i, select.test(real[i]) ? 1 : 0);
            }
            // the variant that allocates its own workspace crashes without condition numbers
            int info = LAPACKE_dtrsen_work(
                    LAPACK_COL_MAJOR,
                    (byte) 'N',
                    (byte) 'V',
                    selected,
                    n,
                    triangular.pointer(),
                    n,
                    orthogonal.pointer(),
                    n,
                    re,
                    im,
                    count,
                    condition,
                    condition,
                    workspace,
                    work,
                    integers,
                    1);
            Lapack.requireConverged("dtrsen", info, "the matrix", n, n);
            re.get(real);
            im.get(imaginary);
            return orthogonal.view().columns(0, count.get());
        }
    }

    /**
     * The order of the matrix.
     *
     * @return n
     */
    public int order() {
        return triangular.rows();
    }

    /**
     * The quasi-triangular factor.
     *
     * @return T, shape [n, n], column-major
     */
    public ColumnMajor triangular() {
        return triangular;
    }

    /**
     * The orthogonal factor.
     *
     * @return U, shape [n, n], column-major
     */
    public ColumnMajor orthogonal() {
        return orthogonal;
    }

    /**
     * The real parts of the eigenvalues in the order of T's diagonal.
     *
     * @return n numbers, a copy
     */
    public double[] realParts() {
        return real.clone();
    }

    /**
     * The imaginary parts of the eigenvalues in the order of T's diagonal.
     *
     * @return n numbers, a copy
     */
    public double[] imaginaryParts() {
        return imaginary.clone();
    }

    /** Frees the memory of both factors. */
    @Override
    public void close() {
        triangular.close();
        orthogonal.close();
    }

    private static double[] elements(DoublePointer pointer, int n) {
        double[] elements = new double[n];
        DoubleIndexer.create(pointer).get(0, elements, 0, n);
        return elements;
    }
}
