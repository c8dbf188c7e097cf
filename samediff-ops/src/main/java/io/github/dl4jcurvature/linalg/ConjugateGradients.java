/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.function.UnaryOperator;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Conjugate gradients for \( A x = b \) and, from the same products with A, for \( (A + \sigma_k I) x_k = b \) with several
 * shifts \( \sigma_k \ge 0 \): Krylov spaces do not depend on the shift, and the residuals of all systems stay parallel.
 *
 * <p>A is symmetric positive definite (semi-definite if every shift is positive), given by its product alone. All
 * recurrences run in double precision whatever type the operator works in. The iteration ends when the residual of the
 * worst-conditioned system, that of the smallest shift, has fallen to the tolerance, after the given number of products, or
 * where a direction of non-positive curvature shows that A is not definite to working accuracy.
 *
 * <p>Sources: Hestenes and Stiefel, Methods of conjugate gradients for solving linear systems, 1952; for the shifts
 * Jegerlehner, Krylov space solvers for shifted linear systems, arXiv:hep-lat/9612014, section 2.
 */
public final class ConjugateGradients {
    private final int maximumIterations;
    private final double tolerance;

    /**
     * Creates a solver.
     *
     * @param maximumIterations number of products with A at most, at least 1
     * @param tolerance residual norm relative to that of b at which to stop, positive
     * @throws IllegalArgumentException if an argument is out of range
     */
    public ConjugateGradients(int maximumIterations, double tolerance) {
        if (maximumIterations < 1) {
            throw new IllegalArgumentException(
                    "maximumIterations must be at least 1 but is %d; allow one product or more"
                            .formatted(maximumIterations));
        }
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new IllegalArgumentException(
                    "tolerance must lie in (0, 1) but is %s; choose for instance 1e-3".formatted(tolerance));
        }
        this.maximumIterations = maximumIterations;
        this.tolerance = tolerance;
    }

    /**
     * What an iteration has come to.
     *
     * @param solutions one for each shift, DOUBLE, shape [n]
     * @param iterations number of products with A
     * @param relativeResiduals norm of the residual over that of b, one for each shift, as the recurrence carries it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Result(INDArray[] solutions, int iterations, double[] relativeResiduals) {}

    /**
     * Solves one system.
     *
     * @param product v to A v, both of shape [n]; the argument is DOUBLE and must not be modified
     * @param b right side, shape [n]; not modified
     * @return the solution
     * @throws ArithmeticException if a number is not finite
     */
    public Result solve(UnaryOperator<INDArray> product, INDArray b) {
        return solve(product, b, 0);
    }

    /**
     * Solves the systems of all shifts.
     *
     * @param product v to A v, both of shape [n]; the argument is DOUBLE and must not be modified
     * @param b right side, shape [n]; not modified
     * @param shifts \( \sigma_k \), non-negative, at least one
     * @return the solutions in the order of the shifts
     * @throws IllegalArgumentException if there is no shift or one is negative or not finite
     * @throws ArithmeticException if a number is not finite
     */
    public Result solve(UnaryOperator<INDArray> product, INDArray b, double... shifts) {
        requireShifts(shifts);
        ShiftedSystems systems = new ShiftedSystems(b.castTo(DataType.DOUBLE).reshape(b.length()), shifts);
        double start = systems.residualNorm();
        requireFinite(start, 0);
        int iteration = 0;
        while (iteration < maximumIterations && systems.residualNorm() > tolerance * start) {
            double curvature = systems.curvature(product.apply(systems.direction()));
            iteration++;
            requireFinite(curvature, iteration);
            if (curvature <= 0) {
                break;
            }
            systems.advance(curvature);
            requireFinite(systems.residualNorm(), iteration);
        }
        return new Result(systems.solutions(), iteration, systems.relativeResiduals(start));
    }

    private static void requireShifts(double[] shifts) {
        if (shifts.length == 0) {
            throw new IllegalArgumentException("shifts is empty; pass at least one, 0 for the plain system");
        }
        for (double shift : shifts) {
            if (!(shift >= 0 && shift < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "shifts must be non-negative and finite but one is %s; pass 0 or more".formatted(shift));
            }
        }
    }

    private static void requireFinite(double value, int iteration) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException(
                    "conjugate gradients met %s at iteration %d; look for NaN or overflow in the right side or the operator"
                            .formatted(value, iteration));
        }
    }

    /** The iterates of all systems; the one of the smallest shift leads. */
    private static final class ShiftedSystems {
        private final double lead;
        private final double[] extra; // shift minus the leading one
        private final double[] zeta;
        private final double[] previousZeta;
        private final INDArray[] solutions;
        private final INDArray[] directions; // of the shifted systems; null for those that are the leading one
        private final INDArray residual;
        private final INDArray direction;
        private final INDArray solution;
        private final INDArray image; // (A + lead I) p
        private double squaredResidual;
        private double previousStep = 1;
        private double previousConjugation;

        ShiftedSystems(INDArray b, double[] shifts) {
            double smallest = shifts[0];
            for (double shift : shifts) {
                smallest = Math.min(smallest, shift);
            }
            lead = smallest;
            extra = new double[shifts.length];
            zeta = new double[shifts.length];
            previousZeta = new double[shifts.length];
            solutions = new INDArray[shifts.length];
            directions = new INDArray[shifts.length];
            residual = b.dup();
            direction = b.dup();
            solution = Nd4j.zeros(DataType.DOUBLE, b.length());
            image = Nd4j.zeros(DataType.DOUBLE, b.length());
            for (int k = 0; k < shifts.length; k++) {
                extra[k] = shifts[k] - lead;
                zeta[k] = 1;
                previousZeta[k] = 1;
                solutions[k] = extra[k] == 0 ? solution : Nd4j.zeros(DataType.DOUBLE, b.length());
                directions[k] = extra[k] == 0 ? direction : b.dup();
            }
            squaredResidual = dot(residual, residual);
        }

        INDArray direction() {
            return direction;
        }

        INDArray[] solutions() {
            return solutions;
        }

        double residualNorm() {
            return Math.sqrt(squaredResidual);
        }

        /** p^T (A + lead I) p for the image A p of the direction p, which is copied. */
        double curvature(INDArray product) {
            image.assign(product.reshape(product.length()));
            Gemm.axpy(lead, MatrixView.of(direction), MatrixView.of(image)); // (A + lead I) p
            return dot(direction, image);
        }

        void advance(double curvature) {
            double step = squaredResidual / curvature;
            Gemm.axpy(step, MatrixView.of(direction), MatrixView.of(solution));
            Gemm.axpy(-step, MatrixView.of(image), MatrixView.of(residual));
            double squared = dot(residual, residual);
            double conjugation = squared / squaredResidual;
            for (int k = 0; k < extra.length; k++) {
                if (extra[k] > 0) {
                    advanceShifted(k, step, conjugation);
                }
            }
            Gemm.scale(conjugation, MatrixView.of(direction));
            Gemm.axpy(1, MatrixView.of(residual), MatrixView.of(direction));
            squaredResidual = squared;
            previousStep = step;
            previousConjugation = conjugation;
        }

        private void advanceShifted(int k, double step, double conjugation) {
            double denominator = step * previousConjugation * (previousZeta[k] - zeta[k])
                    + previousZeta[k] * previousStep * (1 + step * extra[k]);
            double next = denominator == 0 ? 0 : zeta[k] * previousZeta[k] * previousStep / denominator;
            double ratio = zeta[k] == 0 ? 0 : next / zeta[k];
            Gemm.axpy(step * ratio, MatrixView.of(directions[k]), MatrixView.of(solutions[k]));
            Gemm.scale(conjugation * ratio * ratio, MatrixView.of(directions[k]));
            Gemm.axpy(next, MatrixView.of(residual), MatrixView.of(directions[k]));
            previousZeta[k] = zeta[k];
            zeta[k] = next;
        }

        double[] relativeResiduals(double start) {
            double[] relative = new double[zeta.length];
            for (int k = 0; k < zeta.length; k++) {
                relative[k] = start == 0 ? 0 : Math.abs(zeta[k]) * residualNorm() / start;
            }
            return relative;
        }

        private static double dot(INDArray a, INDArray b) {
            return Gemm.dot(MatrixView.of(a), MatrixView.of(b));
        }
    }
}
