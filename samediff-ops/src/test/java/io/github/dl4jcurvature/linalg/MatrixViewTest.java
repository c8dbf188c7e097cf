/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MatrixViewTest {
    private final INDArray parent = Nd4j.zeros(DataType.DOUBLE, 6, 8);

    @Test
    void describesShapeAndType() {
        MatrixView view = MatrixView.of(parent);
        assertThat(view.rows()).isEqualTo(6);
        assertThat(view.columns()).isEqualTo(8);
        assertThat(view.dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(view.transposed()).hasToString("[8, 6]");
    }

    @Test
    void writingToTheViewWritesToTheArray() {
        INDArray block = block(1, 3, 2, 5).assign(1.0);
        Gemm.scale(2, MatrixView.of(block.getRow(1)));
        assertThat(parent.getRow(2).toDoubleVector()).containsExactly(0, 0, 2, 2, 2, 0, 0, 0);
    }

    @Test
    void rowsAndColumnsAreBlocksOfTheSameMemoryInBothOrders() {
        for (char order : new char[] {'c', 'f'}) {
            INDArray matrix = Nd4j.create(DataType.DOUBLE, new long[] {3, 4}, order);
            MatrixView block = MatrixView.of(matrix).rows(1, 3).columns(2, 3); // [2, 1]
            assertThat(block).hasToString("[2, 1]");
            Gemm.axpy(1, MatrixView.of(Nd4j.createFromArray(5.0, 7.0)), block);
            assertThat(matrix.getDouble(1, 2)).isEqualTo(5);
            assertThat(matrix.getDouble(2, 2)).isEqualTo(7);
            assertThat(matrix.sumNumber().doubleValue()).isEqualTo(12);
        }
        assertThatThrownBy(() -> MatrixView.of(parent).rows(2, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rows [2, 7) must be a non-empty part of the 6 rows");
        assertThatThrownBy(() -> MatrixView.of(parent).columns(3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("columns [3, 3) must be a non-empty part of the 8 columns");
    }

    @Test
    void flattenedViewCoversTheMatrixInTheOrderOfMemory() {
        INDArray matrix = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}});
        INDArray ramp = Nd4j.createFromArray(1.0, 10, 100, 1000, 1e4, 1e5);
        assertThat(Gemm.dot(MatrixView.of(matrix).flattened(), MatrixView.of(ramp)))
                .isEqualTo(654321);
        assertThat(Gemm.dot(MatrixView.of(matrix.dup('f')).flattened(), MatrixView.of(ramp)))
                .isEqualTo(635241);
        assertThatThrownBy(() -> MatrixView.of(block(0, 2, 0, 2)).flattened())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a block [2, 2] with gaps (leading dimension 8) has no flat view");
        assertThat(MatrixView.of(parent).rows(1, 2).columns(2, 5).flattened())
                .hasToString("[3, 1]"); // one row has no gaps
    }

    @Test
    void pointersOfBlocksEndWithTheMatrix() {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            MatrixView block = MatrixView.of(parent.castTo(type)).rows(2, 5).columns(3, 4);
            long capacity = block.isFloat()
                    ? block.floats().capacity()
                    : block.doubles().capacity();
            assertThat(capacity).isEqualTo(48 - 2 * 8 - 3);
        }
        MatrixView inside = MatrixView.of(block(1, 4, 2, 7)); // three rows of 8 elements but for 3 of the last
        assertThat(inside.doubles().capacity()).isEqualTo(3 * 8 - 3);
        assertThat(inside.rows(2, 3).columns(4, 5).doubles().capacity()).isOne();
        assertThat(MatrixView.of(Nd4j.zeros(DataType.DOUBLE, 5)).doubles().capacity())
                .isEqualTo(5);
    }

    @Test
    void unsupportedArraysAreRefused() {
        assertThatThrownBy(() -> MatrixView.of(parent.castTo(DataType.BFLOAT16)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data type BFLOAT16 but FLOAT or DOUBLE is required");
        assertThatThrownBy(() -> MatrixView.of(Nd4j.ones(DataType.DOUBLE, 2, 2, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has shape [2, 2, 2]");
        assertThatThrownBy(() -> MatrixView.of(Nd4j.create(DataType.DOUBLE, 0, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has shape [0, 2]");
        INDArray everySecond = parent.get(NDArrayIndex.interval(0, 2, 6), NDArrayIndex.interval(0, 2, 8));
        assertThatThrownBy(() -> MatrixView.of(everySecond))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("with strides [16, 2] is neither row- nor column-major; copy it with dup()");
        INDArray overlapping = Nd4j.create(parent.data(), new long[] {3, 4}, new long[] {1, 2}, 0, 'f');
        assertThatThrownBy(() -> MatrixView.of(overlapping))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("with strides [1, 2] is neither row- nor column-major");
    }

    /** All pairs of blocks of one matrix, against the definition. */
    @Test
    void overlapOfBlocksIsExact() {
        int[][] spans = {{0, 2}, {1, 3}, {2, 6}, {5, 6}};
        for (int[] r1 : spans) {
            for (int[] c1 : spans) {
                for (int[] r2 : spans) {
                    for (int[] c2 : spans) {
                        boolean expected = meet(r1, r2) && meet(c1, c2);
                        MatrixView first = MatrixView.of(block(r1[0], r1[1], c1[0] + 2, c1[1] + 2));
                        MatrixView second = MatrixView.of(block(r2[0], r2[1], c2[0] + 2, c2[1] + 2));
                        if (first.leadingDimension() == second.leadingDimension()) {
                            assertThat(Aliasing.overlap(first, second)).isEqualTo(expected);
                        } else if (expected) { // a single row has no grid: the answer may err on the safe side
                            assertThat(Aliasing.overlap(first, second)).isTrue();
                        }
                    }
                }
            }
        }
    }

    @Test
    void blocksOfAllColumnsAreDisjoint() {
        MatrixView left = MatrixView.of(block(0, 6, 0, 2));
        MatrixView right = MatrixView.of(block(0, 6, 2, 8));
        assertThat(Aliasing.overlap(left, right)).isFalse();
        assertThat(Aliasing.overlap(right, left)).isFalse();
    }

    @Test
    void neighboursInOneFlatVectorAreDisjoint() {
        INDArray flat = Nd4j.zeros(DataType.DOUBLE, 16);
        INDArray weights = flat.get(NDArrayIndex.interval(0, 12)).reshape('f', 3, 4);
        INDArray bias = flat.get(NDArrayIndex.interval(12, 16));
        assertThat(Aliasing.overlap(MatrixView.of(weights), MatrixView.of(bias)))
                .isFalse();
        assertThat(Aliasing.overlap(MatrixView.of(bias), MatrixView.of(weights)))
                .isFalse();
        assertThat(Aliasing.overlap(MatrixView.of(weights), MatrixView.of(flat)))
                .isTrue();
    }

    @Test
    void differentStorageOrdersOfOneMemoryOverlap() {
        MatrixView view = MatrixView.of(parent);
        assertThat(Aliasing.overlap(view, view.flattened())).isTrue();
        assertThat(Aliasing.overlap(view, view.transposed())).isTrue();
        assertThat(Aliasing.overlap(view, MatrixView.of(parent.dup()))).isFalse();
    }

    private static boolean meet(int[] a, int[] b) {
        return a[0] < b[1] && b[0] < a[1];
    }

    private INDArray block(int rowFrom, int rowTo, int columnFrom, int columnTo) {
        return parent.get(NDArrayIndex.interval(rowFrom, rowTo), NDArrayIndex.interval(columnFrom, columnTo));
    }
}
