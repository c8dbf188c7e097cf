/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.deviationFromOrthonormal;
import static io.github.dl4jcurvature.linalg.TestMatrices.ejml;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.product;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.spd;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The Riccati equation and the stability of the closed loop are written down with EJML. */
class SymplecticPencilTest {
    private static ColumnMajor matrix(DMatrixRMaj m) {
        return ColumnMajor.copyOf("m", array(m));
    }

    private static DMatrixRMaj solve(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj x = new DMatrixRMaj(b.numRows, b.numCols);
        assertThat(CommonOps_DDRM.solve(a, b, x)).isTrue();
        return x;
    }

    /** X = V2 inverse(V1) solves the equation, whose terms are of order 10; conditions of these systems stay below 1e3. */
    @ParameterizedTest(name = "{0} states, {1} inputs, cross cost {2}, seed {3}")
    @CsvSource({"1, 1, false, 1", "2, 1, true, 2", "5, 2, false, 3", "6, 3, true, 4", "4, 5, true, 5"})
    void basisOfTheStableSubspaceYieldsTheStabilisingSolution(int n, int m, boolean crossed, long seed) {
        DMatrixRMaj a = gaussian(n, n, seed);
        DMatrixRMaj b = gaussian(n, m, seed + 1);
        DMatrixRMaj q = spd(n, 10, seed + 2);
        DMatrixRMaj r = spd(m, 10, seed + 3);
        DMatrixRMaj s = new DMatrixRMaj(n, m);
        if (crossed) {
            CommonOps_DDRM.scale(0.03, gaussian(n, m, seed + 4), s);
        }
        @Nullable ColumnMajor cross = crossed ? matrix(s) : null;

        MatrixView view = SymplecticPencil.stableBasis(matrix(a), matrix(b), matrix(q), matrix(r), cross);

        INDArray basis = ColumnMajor.copyOf(view).array();
        assertThat(basis.shape()).containsExactly(2L * n, n);
        assertThat(deviationFromOrthonormal(basis)).isLessThan(1e-13);
        DMatrixRMaj v = ejml(basis);
        DMatrixRMaj upper = CommonOps_DDRM.extract(v, 0, n, 0, n);
        DMatrixRMaj lower = CommonOps_DDRM.extract(v, n, 2 * n, 0, n);
        DMatrixRMaj x = transpose(solve(transpose(upper), transpose(lower)));
        DMatrixRMaj bx = product(transpose(b), x);
        DMatrixRMaj cost = CommonOps_DDRM.add(r, product(bx, b), null);
        DMatrixRMaj gain = solve(cost, CommonOps_DDRM.add(product(bx, a), transpose(s), null));
        DMatrixRMaj closed = CommonOps_DDRM.subtract(a, product(b, gain), null);
        DMatrixRMaj costs = CommonOps_DDRM.subtract(q, product(s, gain), null);
        DMatrixRMaj right = CommonOps_DDRM.add(product(product(transpose(a), x), closed), costs, null);
        assertThat(relativeError(right, x)).isLessThan(1e-10);
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(n, false);
        assertThat(eigen.decompose(closed.copy())).isTrue();
        for (int i = 0; i < n; i++) {
            assertThat(eigen.getEigenvalue(i).getMagnitude()).isLessThan(1);
        }
    }

    /** Without inputs the eigenvalues are those of A and their inverses. */
    @Test
    void eigenvaluesOnTheUnitCircleAreCounted() {
        ColumnMajor one = ColumnMajor.zeros(1, 1).addToDiagonal(1);
        ColumnMajor zero = ColumnMajor.zeros(1, 1);
        assertThatThrownBy(() -> SymplecticPencil.stableBasis(one, zero, one, one, null))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("dare: no stabilising solution: 0 of 2 eigenvalues of the symplectic pencil");
    }
}
