/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.testkit.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Spectra that are known: triangular matrices and scaled rotations with short numbers. */
class SeparationTest {
    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(Separation.class);

    private static RealSchur schur(double[][] matrix) {
        return RealSchur.of("matrix", ColumnMajor.copyOf("matrix", Nd4j.createFromArray(matrix)));
    }

    /** Eigenvalues real +- imaginary i. */
    private static RealSchur pair(double real, double imaginary) {
        return schur(new double[][] {{real, imaginary}, {-imaginary, real}});
    }

    /** The spectrum reaches 1000: refused up to 4 eps of that, 8.9e-13, reported up to 1e-8 of it. */
    private void sylvester(double distance) {
        Separation.require(Equation.SYLVESTER, schur(new double[][] {{1000, 0}, {0, 1}}), schur(new double[][] {
            {-1 - distance, 0}, {0, 5}
        }));
    }

    @Test
    void sumsAreJudgedByTheSizeOfTheSpectrum() {
        assertThatThrownBy(() -> sylvester(5e-13))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("sylvester equation: no unique solution: eigenvalue 1.00000 of A")
                .hasMessageContaining("and eigenvalue -1.00000 of B sum to -5.0")
                .hasMessageContaining(
                        "e-13, 5.00e-13 away from what makes the equation singular (size of the spectrum 1.00e+03)");
        assertThat(said.messages()).isEmpty();
        sylvester(1e-6);
        assertThat(said.messages()).hasSize(1);
        assertThat(said.messages().get(0))
                .contains("nearly singular", "sum to -1.00000e-06, 1.00e-06 away", "about 9 digits are lost");
        sylvester(2e-5);
        assertThat(said.messages()).hasSize(1);
    }

    /** Of products the size is at least 1. */
    @Test
    void productsAreJudgedByTheirSize() {
        Separation.require(Equation.STEIN, schur(new double[][] {{0.5, 0}, {0, 0.25}}), schur(new double[][] {
            {2 + 4e-9, 0}, {0, 0.1}
        }));
        assertThat(said.messages()).hasSize(1);
        assertThat(said.messages().get(0))
                .contains("eigenvalue 0.500000 of A and eigenvalue 2.00000 of B multiply to 1.00000, 2.00e-09 away");
        Separation.require(Equation.STEIN, schur(new double[][] {{0.5, 0}, {0, 0.25}}), schur(new double[][] {
            {2 + 4e-8, 0}, {0, 0.1}
        }));
        assertThat(said.messages()).hasSize(1);
        assertThatThrownBy(() -> Separation.require(
                        Equation.STEIN, schur(new double[][] {{1000, 0}, {0, 0.001}}), schur(new double[][] {
                            {1000 + 1e-7, 0}, {0, 3}
                        })))
                .hasMessageContaining("size of the spectrum 1.00e+06");
    }

    @Test
    void complexEigenvaluesAreTakenInPairs() {
        assertThatThrownBy(() -> Separation.require(Equation.SYLVESTER, pair(1, 2), pair(-1, 2)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining(
                        "eigenvalue 1.00000+2.00000i of A and eigenvalue -1.00000-2.00000i of B sum to 0.00000, 0.00 away");
        assertThatThrownBy(() -> Separation.require(Equation.STEIN, pair(0, 2), pair(0, 0.5)))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining(
                        "eigenvalue 0.00000+2.00000i of A and eigenvalue 0.00000-0.500000i of B multiply to 1.00000");
        RealSchur rotation = pair(0, 1);
        assertThatThrownBy(() -> Separation.require(Equation.LYAPUNOV, rotation, rotation))
                .hasMessageContaining("eigenvalues 0.00000+1.00000i and 0.00000-1.00000i of A sum to 0.00000");
        Separation.require(Equation.SYLVESTER, pair(1, 2), pair(-1, 3)); // 0 - 1 i
        Separation.require(Equation.SYLVESTER, pair(1, 2), pair(1, 2));
        Separation.require(Equation.STEIN, pair(1, 1), pair(0.5, 1));
        assertThat(said.messages()).isEmpty();
    }

    /** Near pairs: 1 + 2 i and -1 - (2 + 1e-9) i; (1 + i) and its inverse with 1e-9 more of i. */
    @Test
    void whatComplexEigenvaluesAddUpOrMultiplyToIsSaid() {
        Separation.require(Equation.SYLVESTER, pair(1, 2), pair(-1, 2 + 1e-9));
        assertThat(said.messages().get(0)).contains("sum to 0.00000-1.00000e-09i, 1.00e-09 away");
        Separation.require(Equation.STEIN, pair(1, 1), pair(0.5, 0.5 + 1e-9));
        assertThat(said.messages().get(1)).contains("multiply to 1.00000-1.00000e-09i, 1.41e-09 away");
    }
}
