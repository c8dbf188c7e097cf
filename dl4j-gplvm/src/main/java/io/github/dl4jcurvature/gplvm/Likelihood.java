/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;

import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;
import org.apache.commons.math3.special.Gamma;

/**
 * How an observation y depends on the tuning f of a neuron, with \(\eta = c f + d\) for counts.
 *
 * <p>What is computed is the expectation of \(\log p(y | f)\) under \(f \sim N(m, v)\), with its derivatives.
 */
public enum Likelihood {
    /** \(y \sim N(f, \sigma^2)\); parameter \(\sigma\). */
    GAUSSIAN(List.of("noise")) {
        @Override
        double expected(double y, double mean, double variance, double[] parameters, double binWidth, Derivatives to) {
            double noise = parameters[0];
            double precision = 1 / (noise * noise);
            double error = y - mean;
            double square = error * error + variance;
            to.mean = precision * error;
            to.variance = -0.5 * precision;
            to.parameters[0] = (precision * square - 1) / noise;
            return -0.5 * Manifold.LOG_TWO_PI - Math.log(noise) - 0.5 * precision * square;
        }
    },
    /** \(y \sim \mathrm{Poisson}(\Delta e^\eta)\), closed form; parameters c, d. */
    POISSON(List.of("scale", "offset")) {
        @Override
        double expected(double y, double mean, double variance, double[] parameters, double binWidth, Derivatives to) {
            double c = parameters[0];
            double eta = c * mean + parameters[1];
            double rate = binWidth * Math.exp(eta + 0.5 * c * c * variance);
            to.mean = c * (y - rate);
            to.variance = -0.5 * c * c * rate;
            to.parameters[0] = mean * y - rate * (mean + c * variance);
            to.parameters[1] = y - rate;
            return y * eta - rate + y * Math.log(binWidth) - Gamma.logGamma(y + 1);
        }
    },
    /**
     * \(\log p(y) = \log \Gamma(y + r) - \log \Gamma(r) - \log y! + y \log s(\eta) + r \log s(-\eta)\), s the logistic function, with
     * mean \(r e^\eta\); Gauss-Hermite quadrature of {@value #NODES} nodes; parameters c, d, r. The width of bins does not enter.
     */
    NEGATIVE_BINOMIAL(List.of("scale", "offset", "dispersion")) {
        @Override
        double expected(double y, double mean, double variance, double[] parameters, double binWidth, Derivatives to) {
            double c = parameters[0];
            double r = parameters[2];
            double deviation = Math.sqrt(Math.max(variance, SMALLEST_VARIANCE));
            double value = 0;
            double slope = 0;
            double spread = 0;
            double toScale = 0;
            double logComplement = 0;
            for (int i = 0; i < NODES; i++) {
                double f = mean + deviation * NODE[i];
                double eta = c * f + parameters[1];
                double logOff = -softplus(eta); // log s(-eta)
                double p = 1 / (1 + Math.exp(-eta));
                double first = y - (y + r) * p;
                value += WEIGHT[i] * (y * (eta + logOff) + r * logOff);
                slope += WEIGHT[i] * first;
                spread += WEIGHT[i] * first * NODE[i];
                toScale += WEIGHT[i] * first * f;
                logComplement += WEIGHT[i] * logOff;
            }
            to.mean = c * slope;
            to.variance = 0.5 * c * spread / deviation; // of the quadrature itself
            to.parameters[0] = toScale;
            to.parameters[1] = slope;
            to.parameters[2] = Gamma.digamma(y + r) - Gamma.digamma(r) + logComplement;
            return Gamma.logGamma(y + r) - Gamma.logGamma(r) - Gamma.logGamma(y + 1) + value;
        }
    };

    /** Nodes of the quadrature. */
    static final int NODES = 20;

    private static final double SMALLEST_VARIANCE = 1e-12;
    private static final double[] NODE = new double[NODES]; // for a standard normal
    private static final double[] WEIGHT = new double[NODES];

    static {
        GaussIntegrator hermite = new GaussIntegratorFactory().hermite(NODES);
        for (int i = 0; i < NODES; i++) {
            NODE[i] = Math.sqrt(2) * hermite.getPoint(i);
            WEIGHT[i] = hermite.getWeight(i) / Math.sqrt(Math.PI);
        }
    }

    /** Derivatives of one expectation. */
    static final class Derivatives {
        double mean;
        double variance;
        final double[] parameters;

        Derivatives(int parameters) {
            this.parameters = new double[parameters];
        }
    }

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> parameterNames;

    Likelihood(List<String> parameterNames) {
        this.parameterNames = parameterNames;
    }

    /** Names of the parameters of a neuron. */
    List<String> parameterNames() {
        return parameterNames;
    }

    boolean isCount() {
        return this != GAUSSIAN;
    }

    /**
     * \(E_{f \sim N(m, v)} \log p(y | f)\).
     *
     * @param parameters of the neuron
     * @param binWidth \(\Delta\), in the unit in which rates are wanted
     * @param to receives derivatives
     */
    abstract double expected(
            double y, double mean, double variance, double[] parameters, double binWidth, Derivatives to);

    /** What is observed on average when f is normal. */
    double expectedObservation(double mean, double variance, double[] parameters, double binWidth) {
        if (this == GAUSSIAN) {
            return mean;
        }
        double c = parameters[0];
        double rate = Math.exp(c * mean + parameters[1] + 0.5 * c * c * variance);
        return this == POISSON ? binWidth * rate : parameters[2] * rate;
    }

    void requireObservable(double y, int time, int neuron) {
        if (Double.isInfinite(y) || (isCount() && (y < 0 || (y != Math.rint(y) && !Double.isNaN(y))))) {
            throw new IllegalArgumentException(
                    "label of time %d, neuron %d is %s but must be %s; NaN marks a missing entry"
                            .formatted(
                                    time,
                                    neuron,
                                    y,
                                    isCount()
                                            ? "a count of at least 0 without fraction (take GAUSSIAN for rates)"
                                            : "finite"));
        }
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
