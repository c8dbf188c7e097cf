/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Products with the mass matrix bring back what was transformed by its inverse; its condition is 10. */
class CongruenceTest {
    private static final double ROUNDING = 1e-13;

    private static ColumnMajor matrix(INDArray array) {
        return ColumnMajor.copyOf("matrix", array);
    }

    @Test
    void transformsByTheInverseOfTheMassMatrix() {
        INDArray e = RandomMatrices.matrixWithCondition(4, 4, 10, 1);
        INDArray m = RandomMatrices.gaussian(4, 4, 2);
        Congruence congruence = Congruence.of(matrix(e));
        INDArray left = congruence.left(matrix(m)).array();
        INDArray both = congruence.both(matrix(m)).array();
        INDArray transposed = congruence.bothTransposed(matrix(m)).array();
        assertThatMatrix(e.mmul(left)).isWithinRelativeFrobenius(m, ROUNDING);
        assertThatMatrix(e.mmul(both).mmul(e.transpose())).isWithinRelativeFrobenius(m, ROUNDING);
        assertThatMatrix(e.transpose().mmul(transposed).mmul(e)).isWithinRelativeFrobenius(m, ROUNDING);
        assertThatMatrix(congruence.times(matrix(m)).array()).isWithinRelativeFrobenius(e.mmul(m), ROUNDING);
        assertThatMatrix(congruence.after(matrix(m)).array()).isWithinRelativeFrobenius(m.mmul(e), ROUNDING);
    }

    @Test
    void withoutAMassMatrixEverythingIsCopied() {
        INDArray m = RandomMatrices.gaussian(4, 4, 2);
        ColumnMajor source = matrix(m);
        Congruence congruence = Congruence.of(null);
        ColumnMajor[] copies = {
            congruence.left(source),
            congruence.both(source),
            congruence.bothTransposed(source),
            congruence.times(source),
            congruence.after(source)
        };
        source.scale(0);
        for (ColumnMajor copy : copies) {
            assertThatMatrix(copy.array()).isWithinRelativeFrobenius(m, 1e-16);
        }
    }

    /** 10 n eps = 4.44e-15 for two states. */
    @Test
    void massMatricesMayBeNearlySingularUpToTheLimit() {
        assertThatThrownBy(() -> Congruence.of(matrix(Nd4j.diag(Nd4j.createFromArray(1, 4.4e-15)))))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining(
                        "E is numerically singular: its reciprocal condition is 4.40e-15 but must exceed 4.44e-15");
        assertThatCode(() -> Congruence.of(matrix(Nd4j.diag(Nd4j.createFromArray(1, 4.5e-15)))))
                .doesNotThrowAnyException();
    }
}
