/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * With steps of 1e-3 and derivatives of order 1 the truncation error is 3e-14 and the rounding error 3e-13 times the
 * size of the function; 1e-11 leaves room for sums of a dozen terms. A stencil of second order would err by 1e-7.
 */
class FiniteDifferencesTest {
    private static final double TOLERANCE = 1e-11;

    private static double sumOfSines(INDArray x) {
        return Transforms.sin(x, true).sumNumber().doubleValue();
    }

    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.testkit.Seeds#seeds")
    void gradientOfSumOfSinesIsCosine(long seed) {
        INDArray x = RandomMatrices.uniform(new long[] {3, 4}, seed);
        INDArray gradient = FiniteDifferences.gradient(FiniteDifferencesTest::sumOfSines, x.dup('f'));
        assertThatMatrix(gradient).isWithinAbsolute(Transforms.cos(x, true), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.testkit.Seeds#seeds")
    void directionalDerivativeIsTheInnerProductWithTheGradient(long seed) {
        INDArray x = RandomMatrices.uniform(new long[] {12}, seed);
        INDArray d = RandomMatrices.gaussian(new long[] {12}, seed + 1).mul(1e-5);
        double expected = Transforms.cos(x, true).mul(d).sumNumber().doubleValue();
        assertThat(FiniteDifferences.directionalDerivative(FiniteDifferencesTest::sumOfSines, x, d))
                .isCloseTo(expected, within(TOLERANCE * d.norm2Number().doubleValue()));
    }

    @Test
    void jacobianOfAnAffineMapIsItsMatrix() {
        INDArray a = RandomMatrices.gaussian(3, 5, 1);
        INDArray x = RandomMatrices.gaussian(5, 1, 2);
        INDArray jacobian = FiniteDifferences.jacobian(v -> a.mmul(v).addi(2), x);
        assertThatMatrix(jacobian).isWithinAbsolute(a, TOLERANCE);
        INDArray d = RandomMatrices.gaussian(5, 1, 3);
        assertThatMatrix(FiniteDifferences.differential(a::mmul, x, d)).isWithinAbsolute(a.mmul(d), TOLERANCE);
    }

    @Test
    void buffersMayBeReusedByTheFunctionAndArgumentsAreKept() {
        INDArray x = RandomMatrices.gaussian(2, 2, 4);
        INDArray before = x.dup();
        INDArray buffer = Nd4j.zeros(DataType.DOUBLE, 2, 2);
        INDArray differential = FiniteDifferences.differential(v -> buffer.assign(v.muli(3)), x, x);
        assertThatMatrix(differential).isWithinAbsolute(x.mul(3), TOLERANCE);
        assertThatMatrix(x).isBitEqualTo(before);
    }

    @Test
    void floatArgumentsAreDifferentiatedInDouble() {
        INDArray x = RandomMatrices.uniform(new long[] {4}, 5).castTo(DataType.FLOAT);
        assertThatMatrix(FiniteDifferences.gradient(FiniteDifferencesTest::sumOfSines, x))
                .isWithinAbsolute(Transforms.cos(x.castTo(DataType.DOUBLE), true), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, Double.NaN})
    void directionWithoutLengthIsRefused(double entry) {
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 2);
        INDArray d = x.dup().putScalar(1, entry);
        assertThatThrownBy(() -> FiniteDifferences.directionalDerivative(FiniteDifferencesTest::sumOfSines, x, d))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("direction must have a non-zero entry and no NaN but its largest is " + entry);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void stepMustBePositive(double step) {
        INDArray x = Nd4j.ones(DataType.DOUBLE, 2);
        assertThatThrownBy(() -> FiniteDifferences.directionalDerivative(FiniteDifferencesTest::sumOfSines, x, x, step))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("step must be finite and positive but is " + step);
    }
}
