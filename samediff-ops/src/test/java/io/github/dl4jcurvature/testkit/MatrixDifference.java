/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Difference of two arrays of equal shape, entry by entry in row-major sequence. */
final class MatrixDifference {
    private final long[] shape;
    private final double[] actual;
    private final double[] expected;

    private MatrixDifference(long[] shape, double[] actual, double[] expected) {
        this.shape = shape;
        this.actual = actual;
        this.expected = expected;
    }

    static MatrixDifference between(INDArray actual, INDArray expected) {
        return new MatrixDifference(actual.shape(), Entries.of(actual), Entries.of(expected));
    }

    /** Frobenius norm of the difference over that of the expected array; against zero only zero has no error. */
    double relativeFrobenius() {
        double error = norm(
                IntStream.range(0, actual.length).mapToDouble(this::distance).toArray());
        return error == 0 ? 0 : error / norm(expected);
    }

    /** Euclidean norm, scaled so that squares neither overflow nor vanish. */
    private static double norm(double[] entries) {
        double largest = Arrays.stream(entries).map(Math::abs).max().orElse(0);
        double scaled =
                Arrays.stream(entries).map(x -> x / largest * (x / largest)).sum();
        return largest == 0 ? 0 : largest * Math.sqrt(scaled);
    }

    /** Largest absolute difference; NaN if any difference is NaN. */
    double maximum() {
        return actual.length == 0 ? 0 : distance(worst());
    }

    /** Whether every pair of entries has the same bits, so that 0.0 and -0.0 differ. */
    boolean isBitEqual() {
        for (int i = 0; i < actual.length; i++) {
            if (Double.doubleToRawLongBits(actual[i]) != Double.doubleToRawLongBits(expected[i])) {
                return false;
            }
        }
        return true;
    }

    /** One sentence with the relative error and the worst entry. */
    String describe() {
        if (actual.length == 0) {
            return "the arrays have no entries";
        }
        int worst = worst();
        return "relative Frobenius error %s; worst entry %s: actual %s, expected %s (difference %s)"
                .formatted(
                        relativeFrobenius(),
                        Entries.position(worst, shape),
                        actual[worst],
                        expected[worst],
                        distance(worst));
    }

    /** Index of the first NaN difference, else of the largest one. */
    private int worst() {
        int worst = 0;
        for (int i = 0; i < actual.length; i++) {
            if (Double.isNaN(distance(i))) {
                return i;
            }
            if (distance(i) > distance(worst)) {
                worst = i;
            }
        }
        return worst;
    }

    private double distance(int i) {
        return Math.abs(actual[i] - expected[i]);
    }
}
