/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inverse Fisher block in Kronecker form, \( Q U = M U P \), of which one side or both are diagonal: \( P =
 * \operatorname{diag}(l \circ l) \) for inputs, \( M = \operatorname{diag}(r \circ r) \) for outputs. For embeddings, whose
 * inputs never meet, and for sides too long for a full factor. \( \lambda \) holds the factor of the inputs, then that of
 * the outputs.
 */
final class KroneckerSides implements InverseFisher {
    private final long outputs;
    private final long joint;
    private final boolean diagonalOutputs;
    private final boolean diagonalInputs;
    private final INDArray left; // L [i', i'] or l [1, i']
    private final INDArray right; // R [o, o] or r [o, 1]
    private final INDArray p; // L L^T or l o l
    private final INDArray m; // R^T R or r o r
    private final INDArray product; // [o, i']

    KroneckerSides(long outputs, long joint, boolean diagonalOutputs, boolean diagonalInputs, INDArray lambda) {
        this.outputs = outputs;
        this.joint = joint;
        this.diagonalOutputs = diagonalOutputs;
        this.diagonalInputs = diagonalInputs;
        left = leftOf(lambda);
        right = rightOf(lambda);
        p = left.like();
        m = right.like();
        product = Nd4j.createUninitializedDetached(lambda.dataType(), 'c', outputs, joint);
    }

    static long size(long outputs, long joint, boolean diagonalOutputs, boolean diagonalInputs) {
        return leftSize(joint, diagonalInputs) + (diagonalOutputs ? outputs : outputs * outputs);
    }

    private static long leftSize(long joint, boolean diagonalInputs) {
        return diagonalInputs ? joint : joint * joint;
    }

    private INDArray leftOf(INDArray lambda) {
        return Factors.matrix(lambda, 0, diagonalInputs ? 1 : joint, joint);
    }

    private INDArray rightOf(INDArray lambda) {
        return Factors.matrix(lambda, leftSize(joint, diagonalInputs), outputs, diagonalOutputs ? 1 : outputs);
    }

    @Override
    public long size() {
        return size(outputs, joint, diagonalOutputs, diagonalInputs);
    }

    @Override
    public void initialise(double scale) {
        double root = Math.pow(scale, 0.25);
        set(left, diagonalInputs, left.like().assign(root));
        set(right, diagonalOutputs, right.like().assign(root));
    }

    @Override
    public void initialise(INDArray diagonal) {
        RankOneDiagonal fit = RankOneDiagonal.of(diagonal);
        set(left, diagonalInputs, fit.inputs());
        set(right, diagonalOutputs, fit.outputs());
    }

    /** Sets a factor to the diagonal matrix of which the first entries of {@code roots} are the diagonal. */
    private static void set(INDArray factor, boolean isDiagonal, INDArray roots) {
        if (isDiagonal) {
            factor.assign(roots.reshape(factor.shape()));
        } else {
            Factors.setToDiagonal(factor, roots);
        }
    }

    @Override
    public void refresh() {
        if (diagonalInputs) {
            p.assign(left).muli(left);
        } else {
            Gemm.symmetricProduct(1, MatrixView.of(left), 0, MatrixView.of(p)); // L L^T [i', i']
        }
        if (diagonalOutputs) {
            m.assign(right).muli(right);
        } else {
            Gemm.symmetricProduct(1, MatrixView.of(right).transposed(), 0, MatrixView.of(m)); // R^T R [o, o]
        }
    }

    @Override
    public void apply(INDArray u, INDArray result) {
        outputSide(u, product);
        inputSide(product, result);
    }

    /** M U. */
    private void outputSide(INDArray u, INDArray result) {
        if (diagonalOutputs) {
            result.assign(u).muliColumnVector(m);
        } else {
            Gemm.multiply(1, MatrixView.of(m), MatrixView.of(u), 0, MatrixView.of(result));
        }
    }

    /** U P. */
    private void inputSide(INDArray u, INDArray result) {
        if (diagonalInputs) {
            result.assign(u).muliRowVector(p);
        } else {
            Gemm.multiply(1, MatrixView.of(u), MatrixView.of(p), 0, MatrixView.of(result));
        }
    }

    @Override
    public void factorGradient(INDArray u, INDArray t, INDArray gradient) {
        INDArray leftGradient = leftOf(gradient);
        INDArray rightGradient = rightOf(gradient);
        inputSide(u, product); // U P [o, i']
        if (diagonalOutputs) {
            rightGradient.assign(product.mul(t).sum(true, 1)).muli(right).muli(2); // 2 r o rowsum(T o U P)
        } else {
            MatrixView gm = MatrixView.of(m.like());
            Gemm.multiply(1, MatrixView.of(t), MatrixView.of(product).transposed(), 0, gm); // T P U^T [o, o]
            Gemm.multiply(1, MatrixView.of(product), MatrixView.of(t).transposed(), 1, gm);
            Gemm.multiply(1, MatrixView.of(right), gm, 0, MatrixView.of(rightGradient)); // R (G_M + G_M^T)
        }
        outputSide(t, product); // M T [o, i']
        if (diagonalInputs) {
            leftGradient.assign(product.mul(u).sum(true, 0)).muli(left).muli(2); // 2 l o colsum(U o M T)
        } else {
            MatrixView gp = MatrixView.of(p.like());
            Gemm.multiply(1, MatrixView.of(u).transposed(), MatrixView.of(product), 0, gp); // U^T M T [i', i']
            Gemm.multiply(1, MatrixView.of(product).transposed(), MatrixView.of(u), 1, gp);
            Gemm.multiply(1, gp, MatrixView.of(left), 0, MatrixView.of(leftGradient)); // (G_P + G_P^T) L
        }
    }

    @Override
    public INDArray diagonal() {
        INDArray rows = left.mul(left);
        INDArray columns = right.mul(right);
        return (diagonalOutputs ? columns : columns.sum(0).reshape(outputs, 1)) // sum_k R_ka^2
                .mmul(diagonalInputs ? rows : rows.sum(1).reshape(1, joint)); // sum_k L_bk^2
    }
}
