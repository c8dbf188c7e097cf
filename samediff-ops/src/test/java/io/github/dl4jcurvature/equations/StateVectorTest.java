/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The layout of the vector, number by number. */
class StateVectorTest {
    private static final double[][] WIDE = {{1, 2.5, -3}, {0.1, Double.MIN_VALUE, 1e300}};
    private static final double[][] TALL = {{7}, {-0.0}};

    private static ColumnMajor matrix(double[][] values) {
        return ColumnMajor.copyOf("matrix", Nd4j.createFromArray(values));
    }

    private static INDArray written() {
        return StateVector.write(List.of(List.of(matrix(WIDE), matrix(TALL)), List.of(), List.of(matrix(TALL))));
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    @Test
    void holdsShapesAndBitsOfColumns() {
        INDArray vector = written();
        assertThat(vector.dataType()).isEqualTo(DataType.INT64);
        assertThat(vector.data().asLong())
                .containsExactly(
                        2,
                        2,
                        3,
                        2,
                        1,
                        bits(1),
                        bits(0.1),
                        bits(2.5),
                        bits(Double.MIN_VALUE),
                        bits(-3),
                        bits(1e300),
                        bits(7),
                        bits(-0.0),
                        0,
                        1,
                        2,
                        1,
                        bits(7),
                        bits(-0.0));
        assertThat(StateVector.write(List.of()).data().asLong()).containsExactly(0);
    }

    @Test
    void comesBackOneEquationAfterTheOther() {
        StateVector.Reader reader = StateVector.read(written());
        List<ColumnMajor> first = reader.next();
        assertThat(first).hasSize(2);
        assertThat(first.get(0).array().toDoubleMatrix()).isDeepEqualTo(WIDE);
        assertThat(first.get(1).array().toDoubleMatrix()).isDeepEqualTo(TALL);
        assertThat(reader.next()).isEmpty();
        assertThat(reader.next().get(0).array().toDoubleMatrix()).isDeepEqualTo(TALL);
    }

    @Test
    void otherVectorsAreRefused() {
        for (INDArray wrong : new INDArray[] {Nd4j.zeros(DataType.DOUBLE, 4), Nd4j.zeros(DataType.INT64, 1, 4)}) {
            assertThatThrownBy(() -> StateVector.read(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("state must be a vector of INT64");
        }
        INDArray cut = Nd4j.createFromArray(1L, 2, 1, 5);
        assertThatThrownBy(() -> StateVector.read(cut).next())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("state of length 4 ends within a matrix");
    }
}
