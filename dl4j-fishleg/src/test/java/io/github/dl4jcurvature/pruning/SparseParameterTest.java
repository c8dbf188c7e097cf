/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

class SparseParameterTest {
    @ParameterizedTest
    @CsvSource({"256, 1", "257, 2", "65536, 2", "65537, 4"})
    void indicesHaveAsManyBytesAsColumnsNeed(int columns, int bytes) {
        assertThat(parameter(1, columns, 0).indexBytes()).isEqualTo(bytes);
        assertThat(parameter(2, columns, 0).indexBytes()).isEqualTo(bytes);
    }

    /** Of 7 rows of 20 FLOAT entries, 560 bytes: 4 bytes a row and one more, 5 an entry. */
    @ParameterizedTest
    @CsvSource({"105, 557, true", "106, 562, false", "140, 732, false", "0, 32, true"})
    void theSmallerFormIsExported(int nonZeros, long compressed, boolean isCompressed) {
        SparseParameter parameter = parameter(7, 20, nonZeros);
        assertThat(parameter.denseBytes()).isEqualTo(560);
        assertThat(parameter.compressedBytes()).isEqualTo(compressed);
        assertThat(parameter.isCompressed()).isEqualTo(isCompressed);
        assertThat(parameter.exportedBytes()).isEqualTo(Math.min(compressed, 560));
    }

    /** 4 rows of 5 FLOAT entries, 12 of them not zero: 80 bytes either way. */
    @Test
    void formsOfTheSameSizeAreDense() {
        SparseParameter parameter = parameter(4, 5, 12);
        assertThat(parameter.compressedBytes()).isEqualTo(parameter.denseBytes());
        assertThat(parameter.isCompressed()).isFalse();
    }

    private static SparseParameter parameter(int rows, int columns, int nonZeros) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < nonZeros; i++) {
            values[i] = 1 + i;
        }
        return new SparseParameter("layer", "W", rows, values, 4, Nd4j.empty(DataType.FLOAT));
    }
}
