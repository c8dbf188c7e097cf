/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inverse Fisher block in Kronecker form,
 *
 * <p>\[ Q U = M U P, \qquad M = R^\top R, \quad P = L L^\top, \]
 *
 * <p>with \( L \) of shape [inputs', inputs'] and \( R \) of shape [outputs, outputs]; \( \lambda = [L; R] \), both
 * row by row. For a gradient that is a sum over examples, \( U = c E^\top A' \), the product is \( c (E M)^\top (A' P) \):
 * its cost is \( O(N (o^2 + i'^2)) \) instead of \( O(o^2 i' + o i'^2) \), see {@link #isRankCheaper}.
 *
 * <p>Source: Garcia et al., Fisher-Legendre (FishLeg) optimization of deep neural networks, ICLR 2023.
 */
final class KroneckerInverse implements InverseFisher {
    private final int outputs;
    private final int joint;
    private final INDArray leftFactor; // L [i', i']
    private final INDArray rightFactor; // R [o, o]
    private final MatrixView left;
    private final MatrixView right;
    private final MatrixView m; // [o, o]
    private final MatrixView p; // [i', i']
    private final INDArray mArray;
    private final INDArray pArray;
    private final Scratch scratch;
    private @Nullable GradientViews gradientViews;

    KroneckerInverse(long outputs, long joint, INDArray lambda) {
        this.outputs = Math.toIntExact(outputs);
        this.joint = Math.toIntExact(joint);
        leftFactor = Factors.matrix(lambda, 0, joint, joint);
        rightFactor = Factors.matrix(lambda, joint * joint, outputs, outputs);
        left = MatrixView.of(leftFactor);
        right = MatrixView.of(rightFactor);
        mArray = Nd4j.createUninitializedDetached(lambda.dataType(), 'c', outputs, outputs);
        pArray = Nd4j.createUninitializedDetached(lambda.dataType(), 'c', joint, joint);
        m = MatrixView.of(mArray);
        p = MatrixView.of(pArray);
        scratch = new Scratch(lambda.dataType());
    }

    static long size(long outputs, long joint) {
        return joint * joint + outputs * outputs;
    }

    @Override
    public long size() {
        return size(outputs, joint);
    }

    @Override
    public void initialise(double scale) {
        Factors.setToIdentity(leftFactor, Math.pow(scale, 0.25));
        Factors.setToIdentity(rightFactor, Math.pow(scale, 0.25));
    }

    @Override
    public void initialise(INDArray diagonal) {
        RankOneDiagonal fit = RankOneDiagonal.of(diagonal);
        Factors.setToDiagonal(leftFactor, fit.inputs());
        Factors.setToDiagonal(rightFactor, fit.outputs());
    }

    @Override
    public void refresh() {
        Gemm.symmetricProduct(1, right.transposed(), 0, m); // R^T R [o, o]
        Gemm.symmetricProduct(1, left, 0, p); // L L^T [i', i']
    }

    @Override
    public void apply(INDArray u, INDArray result) {
        MatrixView product = scratch.matrix("M U", outputs, joint);
        Gemm.multiply(1, m, MatrixView.of(u), 0, product); // M U [o, i']
        Gemm.multiply(1, product, p, 0, MatrixView.of(result)); // M U P [o, i']
    }

    @Override
    public void factorGradient(INDArray u, INDArray t, INDArray gradient) {
        MatrixView uView = MatrixView.of(u);
        MatrixView tView = MatrixView.of(t);
        MatrixView up = scratch.matrix("U P", outputs, joint);
        MatrixView mt = scratch.matrix("M T", outputs, joint);
        Gemm.multiply(1, uView, p, 0, up); // U P [o, i']
        Gemm.multiply(1, m, tView, 0, mt); // M T [o, i']
        MatrixView gm = scratch.matrix("G_M", outputs, outputs);
        Gemm.multiply(1, tView, up.transposed(), 0, gm); // T P U^T [o, o]
        Gemm.multiply(1, up, tView.transposed(), 1, gm); // + its transpose
        MatrixView gp = scratch.matrix("G_P", joint, joint);
        Gemm.multiply(1, uView.transposed(), mt, 0, gp); // U^T M T [i', i']
        Gemm.multiply(1, mt.transposed(), uView, 1, gp); // + its transpose
        Gemm.multiply(1, gp, left, 0, leftPart(gradient)); // (G_P + G_P^T) L
        Gemm.multiply(1, right, gm, 0, rightPart(gradient)); // R (G_M + G_M^T)
    }

    @Override
    public INDArray diagonal() {
        INDArray columns = rightFactor.mul(rightFactor).sum(0).reshape(outputs, 1); // sum_k R_ka^2
        INDArray rows = leftFactor.mul(leftFactor).sum(1).reshape(1, joint); // sum_k L_bk^2
        return columns.mmul(rows);
    }

    /**
     * Whether a batch is so small that its inputs and errors are cheaper to multiply than their full product.
     *
     * @param outputs o
     * @param joint i'
     * @param rows N
     * @return whether \( N (o^2 + i'^2 + o i') < o i' (o + i') \)
     */
    static boolean isRankCheaper(long outputs, long joint, long rows) {
        return rows * (outputs * outputs + joint * joint + outputs * joint) < outputs * joint * (outputs + joint);
    }

    /**
     * Computes \( c\, Q U \) for a matrix in the host's split layout.
     *
     * @param scale c
     * @param u U
     * @param result receives the product
     */
    void apply(double scale, BlockVector.Matrix u, BlockVector.Matrix result) {
        MatrixView product = scratch.matrix("M U", outputs, joint);
        int column = 0;
        for (MatrixView part : u.views()) {
            Gemm.multiply(1, m, part, 0, columns(product, column, part.columns())); // M U [o, i']
            column += part.columns();
        }
        column = 0;
        for (MatrixView part : result.views()) {
            Gemm.multiply(scale, product, columns(p, column, part.columns()), 0, part); // c M U P [o, i']
            column += part.columns();
        }
    }

    private static MatrixView columns(MatrixView matrix, int from, int count) {
        return count == matrix.columns() ? matrix : matrix.columns(from, from + count);
    }

    /**
     * Multiplies the inputs and errors of a batch by the factors.
     *
     * @param inputs A, shape [rows, inputs], without the column of ones
     * @param errors E, shape [rows, outputs]
     * @return terms for {@link #apply(RankTerms, double, BlockVector.Matrix)} and the gradient; valid until the next
     *     call of this method or of {@link #refresh}
     */
    RankTerms project(INDArray inputs, INDArray errors) {
        int rows = (int) inputs.size(0);
        int columns = (int) inputs.size(1);
        boolean bias = columns < joint;
        MatrixView a = MatrixView.of(inputs);
        MatrixView e = MatrixView.of(errors);
        MatrixView em = scratch.matrix("E M", rows, outputs);
        MatrixView ap = scratch.matrix("A P", rows, joint);
        Gemm.multiply(1, e, m, 0, em); // E M [N, o]
        if (bias) {
            MatrixView ones = scratch.ones(rows);
            Gemm.multiply(1, ones, p.rows(columns, joint), 0, ap); // 1 p^T [N, i']
            Gemm.multiply(1, a, p.rows(0, columns), 1, ap); // + A P [N, i']
        } else {
            Gemm.multiply(1, a, p, 0, ap);
        }
        return new RankTerms(a, e, em, ap, bias);
    }

    /**
     * Computes \( Q U \) for \( U = c E^\top A' \), in the host's split layout.
     *
     * @param terms from {@link #project}
     * @param scale c
     * @param result receives the product: the weights, and the bias if there is one
     */
    void apply(RankTerms terms, double scale, BlockVector.Matrix result) {
        MatrixView em = terms.projectedErrors().transposed();
        int column = 0;
        for (MatrixView part : result.views()) {
            Gemm.multiply(scale, em, columns(terms.projectedInputs(), column, part.columns()), 0, part); // [o, columns]
            column += part.columns();
        }
    }

    /** As {@link #factorGradient(INDArray, INDArray, INDArray)} for \( U = c E^\top A' \), at rank N. */
    void factorGradient(RankTerms terms, double scale, INDArray t, INDArray gradient) {
        int rows = terms.inputs().rows();
        MatrixView tView = MatrixView.of(t);
        rightGradient(terms, scale, tView, rows, rightPart(gradient));
        leftGradient(terms, scale, tView, rows, leftPart(gradient));
    }

    /** R (G_M + G_M^T) with G_M = c T (A' P)^T E. */
    private void rightGradient(RankTerms terms, double scale, MatrixView t, int rows, MatrixView result) {
        MatrixView tap = scratch.matrix("T (A P)^T", outputs, rows);
        MatrixView rtap = scratch.matrix("R T (A P)^T", outputs, rows);
        MatrixView re = scratch.matrix("R E^T", outputs, rows);
        Gemm.multiply(1, t, terms.projectedInputs().transposed(), 0, tap); // [o, N]
        Gemm.multiply(1, right, tap, 0, rtap); // [o, N]
        Gemm.multiply(1, right, terms.errors().transposed(), 0, re); // [o, N]
        Gemm.multiply(scale, rtap, terms.errors(), 0, result); // [o, o]
        Gemm.multiply(scale, re, tap.transposed(), 1, result); // [o, o]
    }

    /** (G_P + G_P^T) L with G_P = c A'^T (E M) T. */
    private void leftGradient(RankTerms terms, double scale, MatrixView t, int rows, MatrixView result) {
        int columns = terms.inputs().columns();
        MatrixView emt = scratch.matrix("E M T", rows, joint);
        MatrixView emtl = scratch.matrix("E M T L", rows, joint);
        MatrixView al = scratch.matrix("A L", rows, joint);
        Gemm.multiply(1, terms.projectedErrors(), t, 0, emt); // [N, i']
        Gemm.multiply(1, emt, left, 0, emtl); // [N, i']
        if (terms.bias()) {
            MatrixView ones = scratch.ones(rows);
            Gemm.multiply(1, ones, left.rows(columns, joint), 0, al); // [N, i']
            Gemm.multiply(1, terms.inputs(), left.rows(0, columns), 1, al);
            Gemm.multiply(scale, ones.transposed(), emtl, 0, result.rows(columns, joint)); // [1, i']
        } else {
            Gemm.multiply(1, terms.inputs(), left, 0, al);
        }
        Gemm.multiply(scale, terms.inputs().transposed(), emtl, 0, result.rows(0, columns)); // [i, i']
        Gemm.multiply(scale, emt.transposed(), al, 1, result); // [i', i']
    }

    private MatrixView leftPart(INDArray gradient) {
        return gradientViews(gradient).left();
    }

    private MatrixView rightPart(INDArray gradient) {
        return gradientViews(gradient).right();
    }

    /** The caller keeps one array for gradients. */
    private GradientViews gradientViews(INDArray gradient) {
        GradientViews views = gradientViews;
        if (views == null || views.vector() != gradient) {
            views = new GradientViews(
                    gradient,
                    MatrixView.of(Factors.matrix(gradient, 0, joint, joint)),
                    MatrixView.of(Factors.matrix(gradient, (long) joint * joint, outputs, outputs)));
            gradientViews = views;
        }
        return views;
    }

    private record GradientViews(INDArray vector, MatrixView left, MatrixView right) {}

    /** A batch's inputs and errors, and their products with P and M. */
    record RankTerms(
            MatrixView inputs,
            MatrixView errors,
            MatrixView projectedErrors,
            MatrixView projectedInputs,
            boolean bias) {}
}
