/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Densities integrate to one, and entropies of samples are those of quadrature. */
class DensityIdentitiesTest {
    private static final int SAMPLES = 20_000;
    private static final int INTERVALS = 20_000;

    static Stream<GoldenCase> entropies() {
        return GoldenCases.in("gplvm").matching("logq_entropy*");
    }

    @ParameterizedTest
    @MethodSource("entropies")
    void entropiesOfSamplesAreExact(GoldenCase recorded) {
        JsonNode exact = recorded.json().get("exact_entropy");
        for (Iterator<Map.Entry<String, JsonNode>> it = exact.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = it.next();
            Manifold manifold = Manifold.parse(entry.getKey().replace("_isotropic", ""));
            for (Iterator<Map.Entry<String, JsonNode>> each = entry.getValue().fields(); each.hasNext(); ) {
                Map.Entry<String, JsonNode> at = each.next();
                assertEntropy(
                        manifold,
                        Double.parseDouble(at.getKey()),
                        at.getValue().get("H").doubleValue());
            }
        }
    }

    /** The entropy on S2 by quadrature over the polar angle; its density depends on nothing else. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.7, 1.0})
    void sphereIntegratesToOneAndHasTheEntropyOfQuadrature(double deviation) {
        Manifold sphere = Manifold.sphere2();
        TangentGaussian gaussian = TangentGaussian.isotropic(2, deviation);
        double mass = 0;
        double entropy = 0;
        for (int i = 0; i < INTERVALS; i++) {
            double angle = Math.PI * (i + 0.5) / INTERVALS;
            double logDensity = sphere.logDensity(gaussian, new double[] {angle, 0}, 6, null);
            double element = 2 * Math.PI * Math.sin(angle) * Math.exp(logDensity) * Math.PI / INTERVALS;
            mass += element;
            entropy -= element * logDensity;
        }
        assertThat(mass).isCloseTo(1, within(1e-6));
        assertEntropy(sphere, deviation, entropy);
    }

    private static void assertEntropy(Manifold manifold, double deviation, double exact) {
        SplittableRandom random = new SplittableRandom(5);
        TangentGaussian gaussian = TangentGaussian.isotropic(manifold.dimension(), deviation);
        double sum = 0;
        double squares = 0;
        for (int s = 0; s < SAMPLES; s++) {
            double[] x = gaussian.sample(Manifold.gaussian(manifold.dimension(), random));
            double term = -manifold.logDensity(gaussian, x, 6, null);
            sum += term;
            squares += term * term;
        }
        double mean = sum / SAMPLES;
        double error = Math.sqrt(Math.max(squares / SAMPLES - mean * mean, 0) / SAMPLES);
        assertThat(mean)
                .as("entropy on %s at deviation %s", manifold, deviation)
                .isCloseTo(exact, within(4 * error + 1e-6));
    }

    /** The same point from another tangent vector has the same density. */
    @ParameterizedTest
    @CsvSource({"T1, 6.283185307179586", "S2, 6.283185307179586", "S3, 6.283185307179586", "SO3, 3.141592653589793"})
    void densityDoesNotDependOnTheTangentVectorChosen(String name, double period) {
        Manifold manifold = Manifold.parse(name);
        TangentGaussian gaussian = TangentGaussian.isotropic(manifold.dimension(), 0.8);
        double[] x = new double[manifold.dimension()];
        x[0] = 0.7;
        double[] wrapped = x.clone();
        wrapped[0] -= period;
        assertThat(manifold.logDensity(gaussian, wrapped, 12, null))
                .isCloseTo(manifold.logDensity(gaussian, x, 12, null), within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"R2", "T2", "S2", "S3", "SO3", "T1xR1", "S2xSO3"})
    void logarithmAndRelativeStepsInvertExponentialAndMoves(String name) {
        Manifold manifold = Manifold.parse(name);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 100; i++) {
            double[] x = Manifold.gaussian(manifold.dimension(), random);
            for (int j = 0; j < x.length; j++) {
                x[j] *= 0.4;
            }
            double[] mean = manifold.randomPoint(random);
            double[] point = manifold.move(mean, manifold.exponential(x));
            GoldenArrays.assertClose(
                    manifold.logarithm(manifold.relative(mean, point)), x, 1e-12, "tangent vector on " + name);
            assertThat(manifold.distance(point, manifold.canonical(point))).isLessThan(1e-7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"R2", "T2", "S2", "S3", "SO3", "T1xS2"})
    void gridsHoldPointsOfTheManifoldThatDiffer(String name) {
        Manifold manifold = Manifold.parse(name);
        var grid = manifold.grid(100);
        assertThat(grid.size()).isBetween(60, 140);
        for (int i = 0; i < grid.size(); i++) {
            assertThat(manifold.project(grid.get(i))).containsExactly(grid.get(i), within(1e-12));
            for (int j = 0; j < i; j++) {
                assertThat(manifold.distance(grid.get(i), grid.get(j))).isGreaterThan(0.05);
            }
        }
    }
}
