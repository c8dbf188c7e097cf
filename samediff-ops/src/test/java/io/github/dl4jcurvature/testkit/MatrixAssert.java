/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Arrays;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Assertions on arrays of any order, view or dtype; entries are compared as doubles.
 *
 * <p>A NaN or infinite entry on either side fails every numerical comparison. Messages show both shapes, the relative
 * error, the worst entry and its two values.
 */
public final class MatrixAssert extends AbstractAssert<MatrixAssert, INDArray> {

    private MatrixAssert(@Nullable INDArray actual) {
        super(actual, MatrixAssert.class);
    }

    /**
     * Entry point.
     *
     * @param actual array under test
     * @return assertions on it
     */
    public static MatrixAssert assertThatMatrix(@Nullable INDArray actual) {
        return new MatrixAssert(actual);
    }

    /**
     * Checks \(\|A - E\|_F \le \tau \|E\|_F\); against a zero matrix only zero passes.
     *
     * @param expected reference of the same shape
     * @param tolerance bound \(\tau\) on the relative error, finite and not negative
     * @return this assertion
     */
    public MatrixAssert isWithinRelativeFrobenius(INDArray expected, double tolerance) {
        MatrixDifference difference = finiteDifference(expected, tolerance);
        if (!(difference.relativeFrobenius() <= tolerance)) {
            failWith("relative Frobenius error at most " + tolerance, expected, difference.describe());
        }
        return this;
    }

    /**
     * Checks \(\max_{ij} |A_{ij} - E_{ij}| \le \tau\).
     *
     * @param expected reference of the same shape
     * @param tolerance bound \(\tau\) on the absolute error, finite and not negative
     * @return this assertion
     */
    public MatrixAssert isWithinAbsolute(INDArray expected, double tolerance) {
        MatrixDifference difference = finiteDifference(expected, tolerance);
        if (!(difference.maximum() <= tolerance)) {
            failWith("absolute error at most " + tolerance, expected, difference.describe());
        }
        return this;
    }

    /**
     * Checks that shape, dtype and the bits of every entry agree; 0.0 and -0.0 differ.
     *
     * @param expected reference
     * @return this assertion
     */
    public MatrixAssert isBitEqualTo(INDArray expected) {
        MatrixDifference difference = finiteDifference(expected, 0);
        if (actual.dataType() != expected.dataType()) {
            failWith("the same dtype", expected, "the values were not compared");
        }
        if (!difference.isBitEqual()) {
            failWith("equal bits", expected, difference.describe());
        }
        return this;
    }

    /**
     * Checks that the matrix equals its transpose bit for bit.
     *
     * @return this assertion
     */
    public MatrixAssert isSymmetric() {
        isNotNull();
        if (actual.rank() != 2 || actual.rows() != actual.columns()) {
            failWithMessage("%nExpecting a symmetric matrix but the shape is %s", Arrays.toString(actual.shape()));
        }
        return isBitEqualTo(actual.transpose());
    }

    /**
     * Checks the shape.
     *
     * @param shape expected shape
     * @return this assertion
     */
    public MatrixAssert hasShape(long... shape) {
        isNotNull();
        if (!Arrays.equals(actual.shape(), shape)) {
            failWithMessage(
                    "%nExpecting shape %s but it is %s", Arrays.toString(shape), Arrays.toString(actual.shape()));
        }
        return this;
    }

    /**
     * Checks that no entry is NaN or infinite.
     *
     * @return this assertion
     */
    public MatrixAssert isFinite() {
        isNotNull();
        requireFinite("actual", actual);
        return this;
    }

    private MatrixDifference finiteDifference(INDArray expected, double tolerance) {
        if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "tolerance must be finite and not negative but is %s".formatted(tolerance));
        }
        isNotNull();
        if (!Arrays.equals(actual.shape(), expected.shape())) {
            failWith("the same shape", expected, "the values were not compared");
        }
        requireFinite("actual", actual);
        requireFinite("expected", expected);
        return MatrixDifference.between(actual, expected);
    }

    private void requireFinite(String role, INDArray array) {
        double[] entries = Entries.of(array);
        for (int i = 0; i < entries.length; i++) {
            if (!Double.isFinite(entries[i])) {
                failWithMessage(
                        "%nExpecting only finite entries but %s, of shape %s, has %s at %s",
                        role, Arrays.toString(array.shape()), entries[i], Entries.position(i, array.shape()));
            }
        }
    }

    private void failWith(String rule, INDArray expected, String finding) {
        failWithMessage(
                "%nExpecting %s%n  actual:   shape %s of %s%n  expected: shape %s of %s%n%s",
                rule,
                Arrays.toString(actual.shape()),
                actual.dataType(),
                Arrays.toString(expected.shape()),
                expected.dataType(),
                finding);
    }
}
