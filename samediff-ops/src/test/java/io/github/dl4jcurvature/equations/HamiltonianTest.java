/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Diagonal equations, each element of which is a quadratic equation of one unknown. */
class HamiltonianTest {
    private static ColumnMajor diagonal(double... entries) {
        return ColumnMajor.copyOf("matrix", Nd4j.diag(Nd4j.createFromArray(entries)));
    }

    /** 2 a x - g x^2 + q = 0, the solutions of which differ in size by the square of the ratio; the condition of each is below 10. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1e5, 1", "1e10, 1", "1e5, 1e6", "1e5, 1e-6"})
    void everyElementOfASolutionIsAccurateWhateverItsSize(double ratio, double size) {
        INDArray x = new Hamiltonian(
                        diagonal(0.3, -0.6),
                        diagonal(0.7 / ratio / size, 1.1 * ratio / size),
                        diagonal(1.3 * ratio * size, 0.9 / ratio * size))
                .stabilisingSolution()
                .array();
        double first = size * ratio * (0.3 + Math.sqrt(0.09 + 0.91)) / 0.7;
        double second = 0.9 / (0.6 + Math.sqrt(0.36 + 0.99)) / ratio * size;
        assertThat(x.getDouble(0, 0)).isCloseTo(first, within(1e-13 * first));
        assertThat(x.getDouble(1, 1)).isCloseTo(second, within(1e-13 * second));
    }

    @Test
    void theRatioOfTheNormsIsTheNearestPowerOfTwo() {
        assertThat(Hamiltonian.normRatio(diagonal(1, 0), diagonal(0, 1))).isEqualTo(1);
        assertThat(Hamiltonian.normRatio(diagonal(2, 0), diagonal(0, 128))).isEqualTo(8); // root of 64
        assertThat(Hamiltonian.normRatio(diagonal(128, 0), diagonal(0, 2))).isEqualTo(0.125);
        assertThat(Hamiltonian.normRatio(diagonal(0, 0), diagonal(0, 2))).isEqualTo(1);
        assertThat(Hamiltonian.normRatio(diagonal(1, 0), diagonal(0, 0))).isEqualTo(1);
    }

    /** The norm of diag(-10, -d, 10, d) is 14.14; real parts up to 4 eps of that, 1.256e-14, count as zero. */
    @Test
    void eigenvaluesNextToTheImaginaryAxisAreRefused() {
        ColumnMajor none = diagonal(0, 0);
        assertThatThrownBy(() -> new Hamiltonian(diagonal(-10, -1.2e-14), none, none).stabilisingSolution())
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("the Hamiltonian has eigenvalues on the imaginary axis")
                .hasMessageContaining("real parts must exceed 1.26e-14 in modulus");
        INDArray x = new Hamiltonian(diagonal(-10, -1.3e-14), none, none)
                .stabilisingSolution()
                .array();
        assertThat(x.norm2Number().doubleValue()).isZero();
    }
}
