/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Arrays;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;

/** Sums of outer products against their definition, row by row. */
class SecondMomentTest {
    @ParameterizedTest
    @CsvSource({
        "DOUBLE, true, true",
        "DOUBLE, false, true",
        "DOUBLE, true, false",
        "FLOAT, true, true",
        "FLOAT, false, false"
    })
    void isTheSumOfOuterProducts(DataType type, boolean augmented, boolean weighted) {
        INDArray expected = Nd4j.zeros(DataType.DOUBLE, augmented ? 5 : 4, augmented ? 5 : 4);
        SecondMoment moment = new SecondMoment(expected.size(0), augmented);
        for (long batch = 0; batch < 2; batch++) {
            INDArray rows = RandomMatrices.gaussian(7, 4, batch).castTo(type);
            INDArray weights = Nd4j.createFromArray(1.0, 0, 0.25, 1, 2, 0, 1);
            for (long r = 0; r < 7; r++) {
                INDArray z = rows.getRow(r, true).castTo(DataType.DOUBLE);
                INDArray row = augmented ? Nd4j.hstack(z, Nd4j.ones(DataType.DOUBLE, 1, 1)) : z;
                expected.addi(row.transpose().mmul(row).muli(weighted ? weights.getDouble(r) : 1));
            }
            moment.add(rows, weighted ? weights : null);
        }
        assertThatMatrix(moment.times(3))
                .isWithinRelativeFrobenius(expected.mul(3), type == DataType.DOUBLE ? 1e-14 : 1e-6);
    }

    /** One time step of activations of shape [examples, units, time]: neither its rows nor its columns are contiguous. */
    @Test
    void takesTheRowsOfATimeStep() {
        INDArray step = RandomMatrices.gaussian(new long[] {7, 4, 3}, 1)
                .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(1));
        double[][] expected = new double[4][4];
        for (long r = 0; r < 7; r++) {
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    expected[i][j] += step.getDouble(r, i) * step.getDouble(r, j);
                }
            }
        }
        SecondMoment moment = new SecondMoment(4, false);
        moment.add(step, null);
        assertThatMatrix(moment.times(1)).isWithinRelativeFrobenius(Nd4j.createFromArray(expected), 1e-14);
    }

    /** Columns are converted in panels of 64. */
    @ParameterizedTest
    @CsvSource({"64, false", "65, true", "150, true", "128, false"})
    void wideRowsAreAddedWhole(int columns, boolean augmented) {
        int order = augmented ? columns + 1 : columns;
        SecondMoment moment = new SecondMoment(order, augmented);
        double[][] expected = new double[order][order];
        for (long batch = 0; batch < 2; batch++) {
            INDArray rows = RandomMatrices.gaussian(3, columns, batch).castTo(DataType.FLOAT);
            moment.add(rows, null);
            for (double[] row : rows.castTo(DataType.DOUBLE).toDoubleMatrix()) {
                double[] z = Arrays.copyOf(row, order);
                if (augmented) {
                    z[columns] = 1;
                }
                for (int i = 0; i < order; i++) {
                    for (int j = 0; j < order; j++) {
                        expected[i][j] += z[i] * z[j];
                    }
                }
            }
        }
        assertThatMatrix(moment.times(1)).isWithinRelativeFrobenius(Nd4j.createFromArray(expected), 1e-6);
    }

    @Test
    void clearedSumsStartAnewInEitherType() {
        SecondMoment used = new SecondMoment(6, true);
        used.add(RandomMatrices.gaussian(4, 5, 1).castTo(DataType.FLOAT), null);
        used.clear();
        SecondMoment fresh = new SecondMoment(6, true);
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            INDArray rows = RandomMatrices.gaussian(3, 5, 2).castTo(type);
            used.add(rows, null);
            fresh.add(rows, null);
            assertThatMatrix(used.times(1)).isBitEqualTo(fresh.times(1));
        }
    }
}
