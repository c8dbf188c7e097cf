/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Running sum \( \sum_r w_r x_r x_r^\top \) over rows, optionally with a constant 1 as the last entry of x. */
final class SecondMoment {
    private final INDArray sum;
    private final boolean augmented;

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
     * Adds rows.
     *
     * @param rows x, shape [rows, order] or one column less; not modified
     * @param weights w, not negative, shape [rows]; null for 1
     */
    void add(INDArray rows, @Nullable INDArray weights) {
        INDArray x = doubles(rows); // [rows, order]
        if (weights != null) {
            x.muliColumnVector(Transforms.sqrt(weights.castTo(DataType.DOUBLE)).reshape(weights.length(), 1));
        }
        Gemm.symmetricProduct(1, MatrixView.of(x).transposed(), 1, MatrixView.of(sum));
    }

    private INDArray doubles(INDArray rows) {
        long columns = rows.size(1);
        INDArray x = Nd4j.createUninitialized(
                DataType.DOUBLE, new long[] {rows.size(0), columns + (augmented ? 1 : 0)}, 'f');
        x.get(NDArrayIndex.all(), NDArrayIndex.interval(0, columns)).assign(rows);
        if (augmented) {
            x.getColumn(columns).assign(1);
        }
        return x;
    }

    /** The sum times a factor, fresh. */
    INDArray times(double factor) {
        return sum.mul(factor);
    }

    /** Whether nothing but zeros was added. */
    boolean isZero() {
        return sum.amaxNumber().doubleValue() == 0;
    }
}
