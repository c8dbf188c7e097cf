/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.flattened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Values by hand on lines and circles, where steps are differences; derivatives by finite differences on every manifold. */
class SequencePriorTest {
    private static final double[] PARAMETERS = {Math.log(0.6), 0.4}; // of AUTOREGRESSIVE; BROWNIAN takes the first

    private static double[] parameters(LatentPrior prior) {
        return Arrays.copyOf(PARAMETERS, prior.parameters());
    }

    private static double logNormal(double x, double deviation) {
        return -0.5 * x * x / (deviation * deviation) - Math.log(deviation * Math.sqrt(2 * Math.PI));
    }

    /** Of a normal wrapped around the circle, by 41 of its terms. */
    private static double logWrapped(double x, double deviation) {
        double sum = 0;
        for (int k = -20; k <= 20; k++) {
            sum += Math.exp(logNormal(x + 2 * Math.PI * k, deviation));
        }
        return Math.log(sum);
    }

    private static double logStep(boolean circle, double x, double deviation) {
        return circle ? logWrapped(x, deviation) : logNormal(x, deviation);
    }

    /** The definitions of the priors for sequences of numbers or angles. */
    private static double expected(LatentPrior prior, boolean circle, double[] g) {
        double start = circle ? -Math.log(2 * Math.PI) : logNormal(g[0], 1);
        double tau = 0.6;
        double phi = Math.tanh(0.4);
        double sum = 0;
        switch (prior) {
            case UNIFORM, GAUSSIAN -> {
                for (double each : g) {
                    sum += prior == LatentPrior.UNIFORM && circle ? -Math.log(2 * Math.PI) : logStep(circle, each, 1);
                }
            }
            case BROWNIAN -> {
                sum = start;
                for (int t = 1; t < g.length; t++) {
                    sum += logStep(circle, g[t] - g[t - 1], tau);
                }
            }
            case AUTOREGRESSIVE -> {
                sum = start + logStep(circle, g[1] - g[0], tau / Math.sqrt(1 - phi * phi));
                for (int t = 2; t < g.length; t++) {
                    double velocity = g[t - 1] - g[t - 2];
                    sum += logStep(circle, g[t] - g[t - 1] - phi * velocity, tau);
                }
            }
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource
    void densitiesOnLinesAndCirclesAreThoseOfTheDefinition(LatentPrior prior) {
        double[] g = {0.3, -0.2, 0.9, 1.1, 0.4}; // steps are shorter than half a turn
        double[][] points =
                Arrays.stream(g).mapToObj(each -> new double[] {each}).toArray(double[][]::new);
        for (boolean circle : new boolean[] {false, true}) {
            Manifold manifold = circle ? Manifold.circle() : Manifold.euclidean(1);
            SequencePrior sequence = new SequencePrior(manifold, prior, parameters(prior));
            assertThat(sequence.parameters()).isEqualTo(prior.parameters());
            assertThat(sequence.logDensity(points, null)).isCloseTo(expected(prior, circle, g), within(1e-12));
        }
    }

    @Test
    void stepsAcrossTheEndOfTheRangeOfAnglesAreShort() {
        double[][] points = {{3.0}, {-3.1}, {-2.9}};
        SequencePrior sequence = new SequencePrior(
                Manifold.circle(), LatentPrior.AUTOREGRESSIVE, parameters(LatentPrior.AUTOREGRESSIVE));
        double[] unwrapped = {3.0, 2 * Math.PI - 3.1, 2 * Math.PI - 2.9};
        assertThat(sequence.logDensity(points, null))
                .isCloseTo(expected(LatentPrior.AUTOREGRESSIVE, true, unwrapped), within(1e-12));
    }

    /** Differences of fourth order have an error of about 1e-10 here; what is there is kept. */
    @ParameterizedTest
    @CsvSource({
        "R2, UNIFORM",
        "T1, GAUSSIAN",
        "S3, GAUSSIAN",
        "R2, BROWNIAN",
        "T2, BROWNIAN",
        "S2, BROWNIAN",
        "SO3, BROWNIAN",
        "R2, AUTOREGRESSIVE",
        "T2, AUTOREGRESSIVE",
        "S3, AUTOREGRESSIVE",
        "SO3, AUTOREGRESSIVE",
        "T1xR1, AUTOREGRESSIVE"
    })
    void derivativesAreThoseOfFiniteDifferences(String name, LatentPrior prior) {
        Manifold manifold = Manifold.parse(name);
        double[][] points = walk(manifold, 5);
        int size = manifold.embeddingSize();
        double weight = 0.7;
        double[] parameters = parameters(prior);
        double[][] toPoints = new double[points.length][size];
        double[] toParameters = new double[parameters.length];
        Arrays.stream(toPoints).forEach(row -> Arrays.fill(row, 2));
        Arrays.fill(toParameters, 2);

        SequencePrior sequence = new SequencePrior(manifold, prior, parameters);
        double value = sequence.logDensity(points, new SequencePrior.Gradient(weight, toPoints, toParameters));

        assertThat(value).isEqualTo(sequence.logDensity(points, null));
        INDArray ofPoints = FiniteDifferences.gradient(
                x -> weight * sequence.logDensity(x.toDoubleMatrix(), null), Nd4j.createFromArray(points));
        assertClose(
                flattened(toPoints), ofPoints.add(2).reshape(ofPoints.length()).toDoubleVector(), 1e-8, "points");
        if (parameters.length > 0) {
            INDArray ofParameters = FiniteDifferences.gradient(
                    x -> weight * new SequencePrior(manifold, prior, x.toDoubleVector()).logDensity(points, null),
                    Nd4j.createFromArray(parameters));
            assertClose(toParameters, ofParameters.add(2).toDoubleVector(), 1e-8, "parameters");
        }
    }

    /** Short steps, so that no shortest way is near a change of side. */
    private static double[][] walk(Manifold manifold, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] points = new double[5][];
        points[0] = manifold.move(manifold.identity(), manifold.exponential(step(manifold, random)));
        for (int t = 1; t < points.length; t++) {
            points[t] = manifold.move(points[t - 1], manifold.exponential(step(manifold, random)));
        }
        return points;
    }

    private static double[] step(Manifold manifold, SplittableRandom random) {
        return Arrays.stream(Manifold.gaussian(manifold.dimension(), random))
                .map(x -> 0.3 * x)
                .toArray();
    }
}
