/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Running sum \( \sum_r w_r x_r x_r^\top \) over rows, optionally with a constant 1 as the last entry of x.
 *
 * <p>Keeps its arrays: for large matrices the operating system takes longer to hand out fresh memory than the products take.
 */
final class SecondMoment {
    private static final int PANEL = 64; // columns that are converted at once

    private final INDArray sum;
    private final boolean augmented;
    private @Nullable INDArray products;
    private @Nullable INDArray panel;

    /**
     * An empty sum.
     *
     * @param order length of x, the constant included
     * @param augmented whether rows lack the constant, which is then appended
     */
    SecondMoment(long order, boolean augmented) {
        sum = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', order, order);
        sum.assign(0);
        this.augmented = augmented;
    }

    /**
     * Adds rows; products are taken in the type of the rows and added up in doubles.
     *
     * @param rows x, shape [rows, order] or one column less; not modified
     * @param weights w, not negative, shape [rows]; null for 1
     */
    void add(INDArray rows, @Nullable INDArray weights) {
        DataType type = rows.dataType();
        INDArray root = weights == null
                ? Nd4j.ones(type, rows.size(0))
                : Transforms.sqrt(weights.castTo(DataType.DOUBLE)).castTo(type);
        INDArray x = weights == null ? rows : rows.mulColumnVector(root.reshape(root.length(), 1));
        MatrixView transposed = MatrixView.of(x.isView() ? x.dup('c') : x).transposed(); // [columns, rows]
        INDArray product = products(type, rows.size(1));
        Gemm.symmetricProduct(1, transposed, 0, MatrixView.of(product));
        addToSum(product);
        if (augmented) {
            INDArray constant = Nd4j.createUninitialized(type, rows.size(1));
            Gemm.multiplyVector(1, transposed, MatrixView.of(root), 0, MatrixView.of(constant));
            addConstant(
                    constant,
                    weights == null ? rows.size(0) : weights.sumNumber().doubleValue());
        }
    }

    private INDArray products(DataType type, long order) {
        INDArray kept = products;
        if (kept == null || kept.dataType() != type) {
            kept = Nd4j.createUninitializedDetached(type, 'f', order, order);
            products = kept;
        }
        return kept;
    }

    private void addToSum(INDArray product) {
        long order = product.size(0);
        if (panel == null) {
            panel = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', order, Math.min(order, PANEL));
        }
        INDArrayIndex all = NDArrayIndex.all();
        for (long from = 0; from < order; from += PANEL) {
            long to = Math.min(from + PANEL, order);
            INDArray doubles = panel.get(all, NDArrayIndex.interval(0, to - from));
            doubles.assign(product.get(all, NDArrayIndex.interval(from, to)));
            sum.get(NDArrayIndex.interval(0, order), NDArrayIndex.interval(from, to))
                    .addi(doubles);
        }
    }

    /** Adds products with the constant 1 and the sum of the weights to the last row and column. */
    private void addConstant(INDArray products, double total) {
        long last = sum.size(0) - 1;
        for (long i = 0; i < last; i++) {
            double value = sum.getDouble(i, last) + products.getDouble(i);
            sum.putScalar(i, last, value);
            sum.putScalar(last, i, value);
        }
        sum.putScalar(last, last, sum.getDouble(last, last) + total);
    }

    /** Back to an empty sum. */
    void clear() {
        sum.assign(0);
    }

    /** The sum times a factor, fresh. */
    INDArray times(double factor) {
        return sum.mul(factor);
    }

    /** Adds another sum of the same kind. */
    void merge(SecondMoment other) {
        sum.addi(other.sum);
    }
}
