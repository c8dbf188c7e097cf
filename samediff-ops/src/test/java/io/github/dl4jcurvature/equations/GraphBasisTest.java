/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Bases of graphs that are known. */
class GraphBasisTest {
    private static INDArray solution(INDArray upper, INDArray lower) {
        ColumnMajor basis = ColumnMajor.copyOf("basis", Nd4j.vstack(upper, lower));
        return GraphBasis.solution(Equation.CARE, basis.view()).array();
    }

    /** 1 and 2 on the diagonal, 0.5 off it, times the size, with an antisymmetric part. */
    private static INDArray matrix(double size, double antisymmetric) {
        return Nd4j.createFromArray(new double[][] {{1, 0.5 + antisymmetric}, {0.5 - antisymmetric, 2}})
                .mul(size);
    }

    /** Any basis of the graph, and lower halves that are asymmetric by a thousandth. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-4, 1, 1e4})
    void isTheMatrixWhoseGraphIsSpanned(double size) {
        INDArray w = RandomMatrices.matrixWithCondition(2, 2, 5, 1);
        assertThatMatrix(solution(w, matrix(size, 0).mmul(w))).isWithinRelativeFrobenius(matrix(size, 0), 1e-14);
        INDArray identity = EquationResiduals.identity(2);
        assertThatMatrix(solution(identity, matrix(size, 1e-3))).isWithinRelativeFrobenius(matrix(size, 1e-3), 1e-14);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-4, 1, 1e4})
    void subspacesOfAsymmetricMatricesAreRefused(double size) {
        assertThatThrownBy(() -> solution(EquationResiduals.identity(2), matrix(size, 1)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("make the stable subspace ambiguous");
    }

    @Test
    void subspacesThatAreNoGraphsAreRefused() {
        INDArray upper = Nd4j.diag(Nd4j.createFromArray(1.0, 0));
        assertThatThrownBy(() -> solution(upper, EquationResiduals.identity(2)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("no finite stabilising solution")
                .hasMessageContaining("make (A, B) stabilisable");
    }
}
