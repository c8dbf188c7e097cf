/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MatrixAssertTest {
    private static final double[][] VALUES = {{1, 2, 2}, {0, 4, 0}}; // Frobenius norm 5

    private static INDArray reference() {
        return Nd4j.createFromArray(VALUES);
    }

    private static INDArray differing(double difference) {
        return reference().putScalar(1, 2, difference);
    }

    @Test
    void boundsAreReachedExactly() {
        assertThatMatrix(differing(0.5)).isWithinRelativeFrobenius(reference(), 0.1);
        assertThatMatrix(differing(0.5)).isWithinAbsolute(reference(), 0.5);
        assertFails(() -> assertThatMatrix(differing(0.5)).isWithinRelativeFrobenius(reference(), 0.0999));
        assertFails(() -> assertThatMatrix(differing(-0.5)).isWithinAbsolute(reference(), 0.4999));
    }

    @Test
    void messageShowsShapesErrorAndWorstEntry() {
        assertFails(() -> assertThatMatrix(differing(0.5)).as("gain").isWithinRelativeFrobenius(reference(), 1e-3))
                .hasMessageContainingAll(
                        "gain",
                        "relative Frobenius error at most 0.001",
                        "actual:   shape [2, 3] of DOUBLE",
                        "relative Frobenius error 0.1;",
                        "worst entry [1, 2]: actual 0.5, expected 0.0 (difference 0.5)");
    }

    @Test
    void orderAndViewDoNotMatter() {
        INDArray wide = Nd4j.zeros(DataType.DOUBLE, 4, 3);
        wide.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all()).assign(reference());
        assertThatMatrix(reference().dup('f')).isBitEqualTo(reference());
        assertThatMatrix(reference().transpose().dup('c').transpose()).isBitEqualTo(reference());
        assertThatMatrix(wide.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all()))
                .isBitEqualTo(reference());
    }

    @Test
    void onlyZeroIsNearZero() {
        INDArray zero = Nd4j.zeros(DataType.DOUBLE, 2, 3);
        assertThatMatrix(zero.dup()).isWithinRelativeFrobenius(zero, 0);
        assertFails(() -> assertThatMatrix(zero.add(1e-200)).isWithinRelativeFrobenius(zero, 1e300));
        assertFails(() -> assertThatMatrix(zero.add(1e-150)).isWithinRelativeFrobenius(zero, 1e300));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void nonFiniteEntryOnEitherSideFails(double value) {
        INDArray broken = differing(value);
        String finding = value + " at [1, 2]";
        assertFails(() -> assertThatMatrix(broken).isWithinRelativeFrobenius(reference(), 1))
                .hasMessageContaining("actual, of shape [2, 3], has " + finding);
        assertFails(() -> assertThatMatrix(reference()).isWithinAbsolute(broken, 1))
                .hasMessageContaining("expected, of shape [2, 3], has " + finding);
        assertFails(() -> assertThatMatrix(broken).isBitEqualTo(broken)).hasMessageContaining(finding);
        assertFails(() -> assertThatMatrix(broken).isFinite()).hasMessageContaining(finding);
    }

    @Test
    void bitEqualitySeesTheLastBitTheSignOfZeroAndTheType() {
        assertThatMatrix(reference()).isBitEqualTo(reference());
        assertFails(() -> assertThatMatrix(reference().putScalar(0, 0, Math.nextUp(1.0)))
                        .isBitEqualTo(reference()))
                .hasMessageContaining("worst entry [0, 0]");
        assertFails(() -> assertThatMatrix(differing(-0.0)).isBitEqualTo(reference()));
        assertFails(() -> assertThatMatrix(reference().castTo(DataType.FLOAT)).isBitEqualTo(reference()))
                .hasMessageContainingAll("the same dtype", "FLOAT");
    }

    @Test
    void shapeIsPartOfEveryComparison() {
        assertThatMatrix(reference()).hasShape(2, 3);
        assertFails(() -> assertThatMatrix(reference()).hasShape(3, 2))
                .hasMessageContaining("Expecting shape [3, 2] but it is [2, 3]");
        assertFails(() -> assertThatMatrix(reference().transpose()).isWithinAbsolute(reference(), 1e9))
                .hasMessageContainingAll("the same shape", "[3, 2]", "[2, 3]");
    }

    @Test
    void symmetryIsExact() {
        INDArray symmetric = RandomMatrices.symmetric(3, 1);
        assertThatMatrix(symmetric).isSymmetric();
        assertFails(() -> assertThatMatrix(symmetric.putScalar(0, 1, Math.nextUp(symmetric.getDouble(0, 1))))
                .isSymmetric());
        assertFails(() -> assertThatMatrix(reference()).isSymmetric()).hasMessageContaining("the shape is [2, 3]");
    }

    @Test
    void nullIsNoMatrix() {
        assertFails(() -> assertThatMatrix(null).isFinite()).hasMessageContaining("not to be null");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void toleranceThatAcceptsAnythingOrNothingIsRefused(double tolerance) {
        assertThatThrownBy(() -> assertThatMatrix(reference()).isWithinAbsolute(reference(), tolerance))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tolerance must be finite and not negative but is " + tolerance);
    }

    private static AbstractThrowableAssert<?, ?> assertFails(ThrowingCallable check) {
        return assertThatThrownBy(check).isInstanceOf(AssertionError.class);
    }
}
