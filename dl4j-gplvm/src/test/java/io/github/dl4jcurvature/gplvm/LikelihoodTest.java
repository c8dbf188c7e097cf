/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * Expectations against the trapezoidal rule on 2001 points of the normal distribution, which is exact to rounding for smooth
 * functions; log densities from their definitions, with factorials and ratios of Gamma functions as products.
 */
class LikelihoodTest {
    private static final double BIN_WIDTH = 0.3;
    private static final double TOLERANCE = 1e-8; // of 20 nodes and of differences of fourth order

    private interface Function {
        double at(double f);
    }

    private static double expectation(double mean, double variance, Function function) {
        double step = 0.01;
        double sum = 0;
        for (int i = -1000; i <= 1000; i++) {
            double z = i * step;
            sum += Math.exp(-0.5 * z * z) * function.at(mean + Math.sqrt(variance) * z) * step;
        }
        return sum / Math.sqrt(2 * Math.PI);
    }

    private static double logDensity(Likelihood likelihood, int y, double f, double[] parameters) {
        if (likelihood == Likelihood.GAUSSIAN) {
            double z = (y - f) / parameters[0];
            return -0.5 * z * z - Math.log(parameters[0] * Math.sqrt(2 * Math.PI));
        }
        double eta = parameters[0] * f + parameters[1];
        double logFactorial = 0;
        for (int k = 1; k <= y; k++) {
            logFactorial += Math.log(k);
        }
        if (likelihood == Likelihood.POISSON) {
            double rate = BIN_WIDTH * Math.exp(eta);
            return y * Math.log(rate) - rate - logFactorial;
        }
        double r = parameters[2];
        double p = 1 / (1 + Math.exp(-eta));
        double logRising = 0; // Gamma(y + r) / Gamma(r)
        for (int k = 0; k < y; k++) {
            logRising += Math.log(r + k);
        }
        return logRising - logFactorial + y * Math.log(p) + r * Math.log(1 - p);
    }

    private static double[] parameters(Likelihood likelihood) {
        return switch (likelihood) {
            case GAUSSIAN -> new double[] {0.7};
            case POISSON -> new double[] {0.6, -0.4};
            case NEGATIVE_BINOMIAL -> new double[] {0.6, -0.4, 2.3};
        };
    }

    @ParameterizedTest
    @EnumSource
    void expectationsAndTheirDerivativesAreThoseOfQuadrature(Likelihood likelihood) {
        double[] parameters = parameters(likelihood);
        for (int y : new int[] {0, 1, 3}) {
            double[] point = new double[2 + parameters.length];
            point[0] = 0.8;
            point[1] = 0.5;
            System.arraycopy(parameters, 0, point, 2, parameters.length);
            INDArray gradient = FiniteDifferences.gradient(
                    x -> expectation(
                            x.getDouble(0),
                            x.getDouble(1),
                            f -> logDensity(likelihood, y, f, tail(x.toDoubleVector()))),
                    Nd4j.createFromArray(point));
            Likelihood.Derivatives to = new Likelihood.Derivatives(parameters.length);

            double actual = likelihood.expected(y, point[0], point[1], parameters, BIN_WIDTH, to);

            double expected = expectation(point[0], point[1], f -> logDensity(likelihood, y, f, parameters));
            assertThat(actual).isCloseTo(expected, within(TOLERANCE));
            assertThat(to.mean).isCloseTo(gradient.getDouble(0), within(TOLERANCE));
            assertThat(to.variance).isCloseTo(gradient.getDouble(1), within(TOLERANCE));
            for (int i = 0; i < parameters.length; i++) {
                assertThat(to.parameters[i]).isCloseTo(gradient.getDouble(2 + i), within(TOLERANCE));
            }
        }
    }

    private static double[] tail(double[] point) {
        return java.util.Arrays.copyOfRange(point, 2, point.length);
    }

    @ParameterizedTest
    @EnumSource
    void expectedObservationsAreThoseOfQuadrature(Likelihood likelihood) {
        double[] parameters = parameters(likelihood);
        double expected = expectation(0.8, 0.5, f -> switch (likelihood) {
            case GAUSSIAN -> f;
            case POISSON -> BIN_WIDTH * Math.exp(0.6 * f - 0.4);
            case NEGATIVE_BINOMIAL -> 2.3 * Math.exp(0.6 * f - 0.4);
        });
        assertThat(likelihood.expectedObservation(0.8, 0.5, parameters, BIN_WIDTH))
                .isCloseTo(expected, within(1e-12));
    }

    /** A sure tuning: the expectation is the log density itself, also where the logistic function is nearly 0 or 1. */
    @ParameterizedTest
    @CsvSource({"0.8", "-30", "30"})
    void withoutVarianceTheExpectationIsTheLogDensity(double f) {
        double[] parameters = {1, 0, 2};
        Likelihood.Derivatives to = new Likelihood.Derivatives(3);
        double actual = Likelihood.NEGATIVE_BINOMIAL.expected(2, f, 0, parameters, BIN_WIDTH, to);
        double expected = Math.log(3) + 2 * -Math.log1p(Math.exp(-f)) + 2 * -Math.log1p(Math.exp(f)); // y = r = 2
        assertThat(actual).isCloseTo(expected, within(1e-9 * Math.abs(expected)));
        assertThat(to.variance).isFinite();
    }

    @Test
    void whatCannotBeObservedIsRefused() {
        assertThatThrownBy(() -> Likelihood.GAUSSIAN.requireObservable(Double.NEGATIVE_INFINITY, 3, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("time 3, neuron 5 is -Infinity but must be finite");
        for (Likelihood counts : new Likelihood[] {Likelihood.POISSON, Likelihood.NEGATIVE_BINOMIAL}) {
            for (double bad : new double[] {-1, 0.5, 3.0000001, Double.POSITIVE_INFINITY}) {
                assertThatThrownBy(() -> counts.requireObservable(bad, 3, 5))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("must be a count of at least 0 without fraction")
                        .hasMessageContaining("GAUSSIAN for rates");
            }
        }
        assertThatCode(() -> {
                    Likelihood.POISSON.requireObservable(0, 0, 0);
                    Likelihood.POISSON.requireObservable(1e6, 0, 0);
                    Likelihood.GAUSSIAN.requireObservable(0.5, 0, 0);
                    Likelihood.NEGATIVE_BINOMIAL.requireObservable(Double.NaN, 0, 0);
                    Likelihood.GAUSSIAN.requireObservable(-1, 0, 0);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void neuronsHaveTheParametersOfTheirFormulas() {
        assertThat(Likelihood.GAUSSIAN.parameterNames()).containsExactly("noise");
        assertThat(Likelihood.POISSON.parameterNames()).containsExactly("scale", "offset");
        assertThat(Likelihood.NEGATIVE_BINOMIAL.parameterNames()).containsExactly("scale", "offset", "dispersion");
    }
}
