/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.function.DoubleUnaryOperator;

import io.github.dl4jcurvature.linalg.CholeskyFactorization;
import io.github.dl4jcurvature.linalg.SymmetricEigendecomposition;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Approximation of \( S = B_L \otimes B_R + C_L \otimes C_R \) by one product, for positive definite B and positive
 * semi-definite C.
 *
 * <p>Every approximation considered has the form \( (B_L + \rho C_L) \otimes s (B_R + \sigma C_R) \): the stationary points of
 * the divergence and of the Frobenius distance have it, and the additive sum does. With the eigenvalues \( \lambda_i \) of the
 * pencil \( (C_L, B_L) \) and \( \mu_j \) of \( (C_R, B_R) \), of n and m matrices, its divergence is
 *
 * <p>\[ \tfrac12 \Big[ m \sum_i \log(1 + \rho \lambda_i) + n \sum_j \log(1 + \sigma \mu_j) + n m \log s + \tfrac1s \Big(
 * \sum_i \frac{1}{1 + \rho \lambda_i} \sum_j \frac{1}{1 + \sigma \mu_j} + \sum_i \frac{\lambda_i}{1 + \rho \lambda_i} \sum_j
 * \frac{\mu_j}{1 + \sigma \mu_j} \Big) - \sum_{ij} \log(1 + \lambda_i \mu_j) - n m \Big]. \]
 */
final class KroneckerSumProblem {
    private static final int MAX_ITERATIONS = 1000;
    private static final double TOLERANCE = 1e-14;

    /** Coefficients of an approximation. */
    record Weights(double rho, double sigma, double scale) {}

    private final FactorPair prior;
    private final FactorPair fisher;
    private final double[] lambda;
    private final double[] mu;

    /**
     * Poses a problem.
     *
     * @param prior B, positive definite
     * @param fisher C, positive semi-definite up to rounding
     */
    KroneckerSumProblem(FactorPair prior, FactorPair fisher) {
        this.prior = prior;
        this.fisher = fisher;
        lambda = pencilValues(fisher.inputs(), prior.inputs());
        mu = pencilValues(fisher.outputs(), prior.outputs());
    }

    private static double[] pencilValues(INDArray c, INDArray b) {
        double[] values = SymmetricEigendecomposition.valuesOf(
                        CholeskyFactorization.of(b).whiten(c))
                .data()
                .asDouble();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(values[i], 0);
        }
        return values;
    }

    /** Coefficients of the given kind; those of the prior alone if the Fisher matrix vanishes. */
    Weights weights(KroneckerSum kind) {
        if (!(sum(lambda) > 0 && sum(mu) > 0)) {
            return new Weights(0, 0, 1);
        }
        return switch (kind) {
            case KL -> divergenceMinimum();
            case ADDITIVE -> additive();
            case FROBENIUS -> frobenius();
        };
    }

    /** The factors for given coefficients, balanced. */
    FactorPair factors(Weights weights) {
        INDArray left = prior.inputs().add(fisher.inputs().mul(weights.rho()));
        INDArray right =
                prior.outputs().add(fisher.outputs().mul(weights.sigma())).muli(weights.scale());
        return new FactorPair(left, right).balanced();
    }

    /** Kullback-Leibler divergence of the approximation from the sum, in nats. */
    double divergence(Weights weights) {
        int n = lambda.length;
        int m = mu.length;
        double rho = weights.rho();
        double sigma = weights.sigma();
        double logarithms = 0;
        for (double l : lambda) {
            logarithms += m * Math.log1p(rho * l);
            for (double u : mu) {
                logarithms -= Math.log1p(l * u);
            }
        }
        for (double u : mu) {
            logarithms += n * Math.log1p(sigma * u);
        }
        double traces = prior(lambda, rho) * prior(mu, sigma) + data(lambda, rho) * data(mu, sigma);
        return 0.5
                * (logarithms + (double) n * m * Math.log(weights.scale()) + traces / weights.scale() - (double) n * m);
    }

    private double ratioOfTraces() {
        return Math.sqrt(prior.meanInput() * fisher.meanOutput() / (fisher.meanInput() * prior.meanOutput()));
    }

    private Weights additive() {
        double pi = ratioOfTraces();
        return new Weights(pi, 1 / pi, 1);
    }

    /** At the minimum \( \sigma = h(\lambda, \rho) \) and \( \rho = h(\mu, \sigma) \); the solution is unique. */
    private Weights divergenceMinimum() {
        double rho = fixedPoint(r -> mean(mu, mean(lambda, r)));
        return new Weights(rho, mean(lambda, rho), prior(lambda, rho) / lambda.length);
    }

    private double fixedPoint(DoubleUnaryOperator map) {
        double rho = ratioOfTraces();
        for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
            double next = map.applyAsDouble(rho);
            if (Math.abs(next - rho) <= TOLERANCE * next) {
                return next;
            }
            rho = next;
        }
        return bisect(map);
    }

    /** The map increases, and its fixed point lies between its values at infinity and at zero. */
    private static double bisect(DoubleUnaryOperator map) {
        double low = map.applyAsDouble(Double.MAX_VALUE);
        double high = map.applyAsDouble(0);
        double from = Math.min(low, high);
        double to = Math.max(low, high);
        for (int step = 0; step < 2 * MAX_ITERATIONS && to - from > TOLERANCE * to; step++) {
            double middle = 0.5 * (from + to);
            if (map.applyAsDouble(middle) > middle) {
                from = middle;
            } else {
                to = middle;
            }
        }
        return 0.5 * (from + to);
    }

    /**
     * The best E in the span of the left matrices and the best F in that of the right ones, by the leading eigenvector of the
     * product of their Gram matrices; its entries are not negative, since products of semi-definite matrices have
     * non-negative traces.
     */
    private Weights frobenius() {
        double[][] left = gram(prior.inputs(), fisher.inputs());
        double[][] right = gram(prior.outputs(), fisher.outputs());
        double a = right[0][0] * left[0][0] + right[0][1] * left[1][0];
        double b = right[0][0] * left[0][1] + right[0][1] * left[1][1];
        double c = right[1][0] * left[0][0] + right[1][1] * left[1][0];
        double d = right[1][0] * left[0][1] + right[1][1] * left[1][1];
        double half = 0.5 * (a - d);
        double root = Math.hypot(half, Math.sqrt(b * c));
        double x = half >= 0 ? half + root : b; // first row of the pencil or second, whichever does not cancel
        double y = half >= 0 ? c : root - half;
        double u = left[0][0] * x + left[0][1] * y;
        double v = left[1][0] * x + left[1][1] * y;
        return new Weights(y / x, v / u, x * u / (x * u + y * v));
    }

    private static double[][] gram(INDArray b, INDArray c) {
        double bb = inner(b, b);
        double bc = Math.max(inner(b, c), 0);
        return new double[][] {{bb, bc}, {bc, inner(c, c)}};
    }

    private static double inner(INDArray x, INDArray y) {
        return x.mul(y).sumNumber().doubleValue();
    }

    /** \( \sum_i 1 / (1 + t x_i) \). */
    private static double prior(double[] x, double t) {
        double sum = 0;
        for (double each : x) {
            sum += 1 / (1 + t * each);
        }
        return sum;
    }

    /** \( \sum_i x_i / (1 + t x_i) \). */
    private static double data(double[] x, double t) {
        double sum = 0;
        for (double each : x) {
            sum += each / (1 + t * each);
        }
        return sum;
    }

    /** \( h(x, t) \), the mean of x with the weights \( 1 / (1 + t x_i) \). */
    private static double mean(double[] x, double t) {
        return data(x, t) / prior(x, t);
    }

    private static double sum(double[] x) {
        double sum = 0;
        for (double each : x) {
            sum += each;
        }
        return sum;
    }
}
