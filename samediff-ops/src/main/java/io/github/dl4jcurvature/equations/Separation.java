/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import io.github.dl4jcurvature.linalg.RealSchur;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses linear equations without a unique solution, naming the pair of eigenvalues. */
final class Separation {
    private static final Logger LOG = LoggerFactory.getLogger(Separation.class);
    /** Distance from 1 to the next double. */
    static final double EPSILON = 0x1p-52;

    private static final double CLOSE = 1e-8;

    private final Equation equation;
    private final double[] leftReal;
    private final double[] leftImaginary;
    private final double[] rightReal;
    private final double[] rightImaginary;
    private final boolean same;

    private Separation(Equation equation, RealSchur left, RealSchur right) {
        this.equation = equation;
        leftReal = left.realParts();
        leftImaginary = left.imaginaryParts();
        rightReal = right.realParts();
        rightImaginary = right.imaginaryParts();
        same = left == right;
    }

    /** Checks all pairs: sums of a continuous equation against 0, products of a discrete one against 1. */
    static void require(Equation equation, RealSchur left, RealSchur right) {
        new Separation(equation, left, right).check();
    }

    private void check() {
        boolean discrete = equation.isDiscrete();
        double smallest = Double.POSITIVE_INFINITY; // squared
        int worstI = 0;
        int worstJ = 0;
        for (int i = 0; i < leftReal.length; i++) {
            double a = leftReal[i];
            double b = leftImaginary[i];
            for (int j = same ? i : 0; j < rightReal.length; j++) {
                double c = rightReal[j];
                double d = rightImaginary[j];
                double re = discrete ? 1 - (a * c - b * d) : a + c;
                double im = discrete ? a * d + b * c : b + d;
                double distance = re * re + im * im;
                if (distance < smallest) {
                    smallest = distance;
                    worstI = i;
                    worstJ = j;
                }
            }
        }
        report(Math.sqrt(smallest), scale(discrete), worstI, worstJ);
    }

    private double scale(boolean discrete) {
        double left = largest(leftReal, leftImaginary);
        double right = largest(rightReal, rightImaginary);
        return discrete ? Math.max(1, left * right) : Math.max(left, right);
    }

    private static double largest(double[] real, double[] imaginary) {
        double largest = 0;
        for (int i = 0; i < real.length; i++) {
            largest = Math.max(largest, Math.hypot(real[i], imaginary[i]));
        }
        return largest;
    }

    private void report(double distance, double scale, int i, int j) {
        if (distance > CLOSE * scale) {
            return;
        }
        String finding = "%s %s to %s, %.3g away from what makes the equation singular (size of the spectrum %.3g)"
                .formatted(pair(i, j), equation.isDiscrete() ? "multiply" : "sum", value(i, j), distance, scale);
        if (!(distance > 4 * EPSILON * scale)) {
            throw new SingularEquationException(
                    "%s equation: no unique solution: %s; shift or scale A so that no such pair is left"
                            .formatted(equation.title(), finding));
        }
        LOG.warn(
                "{} equation: nearly singular: {}; about {} digits are lost",
                equation.title(),
                finding,
                Math.round(Math.log10(scale / distance)));
    }

    private String pair(int i, int j) {
        String left = number(leftReal[i], leftImaginary[i]);
        String right = number(rightReal[j], rightImaginary[j]);
        return same
                ? "eigenvalues %s and %s of A".formatted(left, right)
                : "eigenvalue %s of A and eigenvalue %s of B".formatted(left, right);
    }

    private String value(int i, int j) {
        if (equation.isDiscrete()) {
            double real = leftReal[i] * rightReal[j] - leftImaginary[i] * rightImaginary[j];
            return number(real, leftReal[i] * rightImaginary[j] + leftImaginary[i] * rightReal[j]);
        }
        return number(leftReal[i] + rightReal[j], leftImaginary[i] + rightImaginary[j]);
    }

    /** An eigenvalue as text. */
    static String number(double real, double imaginary) {
        return imaginary == 0 ? "%.6g".formatted(real) : "%.6g%+.6gi".formatted(real, imaginary);
    }
}
