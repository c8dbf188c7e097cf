/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The linear map \(X \mapsto M X P\) of two square matrices, applied without forming its matrix.
 *
 * <p>On row-major stacked elements it is the Kronecker product: \(\operatorname{vec}(M X P) = (M \otimes P^\top)
 * \operatorname{vec}(X)\), with \(\operatorname{vec}(X)_{a i + b} = X_{ab}\) for X of shape [o, i]; on stacked columns it
 * is \(P^\top \otimes M\). For symmetric P, the usual case, the first is \(M \otimes P\). Each product costs
 * \(2oi(o + i)\) operations. Inner products are \(\langle U, V \rangle = \sum_{ab} U_{ab} V_{ab}\).
 *
 * <p>Arguments may have any order, view or data type and are copied, never modified; results are fresh column-major
 * arrays in {@code DOUBLE} outside any workspace. Immutable and safe to share between threads.
 */
public final class KroneckerProduct {
    private final ColumnMajor left;
    private final ColumnMajor right;

    /**
     * Creates the map.
     *
     * @param left M, shape [o, o]
     * @param right P, shape [i, i]
     * @throws IllegalArgumentException if a matrix is not square or not finite
     */
    public KroneckerProduct(INDArray left, INDArray right) {
        Shapes.requireSquare("left", left);
        Shapes.requireSquare("right", right);
        this.left = ColumnMajor.copyOf("left", left);
        this.right = ColumnMajor.copyOf("right", right);
    }

    /**
     * Applies the map.
     *
     * @param x shape [o, i]
     * @return M X P, shape [o, i]
     * @throws IllegalArgumentException if the shape is wrong or an element is not finite
     */
    public INDArray apply(INDArray x) {
        MatrixView argument = copy("x", x);
        return product(product(view(left), argument), view(right)).array();
    }

    /**
     * The adjoint map \(Y \mapsto M^\top Y P^\top\), with \(\langle Y, M X P \rangle = \langle M^\top Y P^\top, X \rangle\).
     *
     * @return a new map
     */
    public KroneckerProduct adjoint() {
        return new KroneckerProduct(left.array().transpose(), right.array().transpose());
    }

    /**
     * The diagonal of the map's matrix, \(D_{ab} = M_{aa} P_{bb}\), in the place of the element it scales.
     *
     * @return D, shape [o, i]
     */
    public INDArray diagonal() {
        int o = left.rows();
        int i = right.rows();
        ColumnMajor diagonal = ColumnMajor.uninitialized(o, i);
        DoubleIndexer m = left.indexer();
        DoubleIndexer p = right.indexer();
        DoubleIndexer d = diagonal.indexer();
        for (long b = 0; b < i; b++) {
            for (long a = 0; a < o; a++) {
                d.put(a + b * o, m.get(a * (o + 1)) * p.get(b * (i + 1)));
            }
        }
        return diagonal.array();
    }

    /**
     * The gradient of \(\langle T, M X P \rangle\) with respect to M, \(T (X P)^\top = T P^\top X^\top\).
     *
     * @param t cotangent of M X P, shape [o, i]
     * @param x argument, shape [o, i]
     * @return shape [o, o]
     * @throws IllegalArgumentException if a shape is wrong or an element is not finite
     */
    public INDArray leftGradient(INDArray t, INDArray x) {
        MatrixView cotangent = copy("t", t);
        MatrixView rightFactor = view(product(copy("x", x), view(right))); // X P [o, i]
        return product(cotangent, rightFactor.transposed()).array();
    }

    /**
     * The gradient of \(\langle T, M X P \rangle\) with respect to P, \((M X)^\top T = X^\top M^\top T\).
     *
     * @param t cotangent of M X P, shape [o, i]
     * @param x argument, shape [o, i]
     * @return shape [i, i]
     * @throws IllegalArgumentException if a shape is wrong or an element is not finite
     */
    public INDArray rightGradient(INDArray t, INDArray x) {
        MatrixView cotangent = copy("t", t);
        MatrixView leftFactor = view(product(view(left), copy("x", x))); // M X [o, i]
        return product(leftFactor.transposed(), cotangent).array();
    }

    /**
     * The gradient of \(\langle T, M X P \rangle\) with respect to X, \(M^\top T P^\top\).
     *
     * @param t cotangent of M X P, shape [o, i]
     * @return shape [o, i]
     * @throws IllegalArgumentException if the shape is wrong or an element is not finite
     */
    public INDArray argumentGradient(INDArray t) {
        MatrixView cotangent = copy("t", t);
        ColumnMajor half = product(view(left).transposed(), cotangent); // M' T [o, i]
        return product(view(half), view(right).transposed()).array();
    }

    private MatrixView copy(String name, INDArray x) {
        Shapes.requireShape(name, x, left.rows(), right.rows());
        return view(ColumnMajor.copyOf(name, x));
    }

    private static MatrixView view(ColumnMajor matrix) {
        return MatrixView.of(matrix.array());
    }

    private static ColumnMajor product(ColumnMajor a, MatrixView b) {
        return product(view(a), b);
    }

    private static ColumnMajor product(MatrixView a, MatrixView b) {
        ColumnMajor c = ColumnMajor.uninitialized(a.rows(), b.columns());
        Gemm.multiply(1, a, b, 0, view(c));
        return c;
    }
}
