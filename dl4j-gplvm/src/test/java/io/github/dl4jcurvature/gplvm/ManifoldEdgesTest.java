/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Manifolds where formulas divide by what goes to zero, at the edges of representations, and small parts of their own. */
class ManifoldEdgesTest {
    private static final double ROUNDING = 4e-16;

    /** sin r / r and (r cos r - sin r) / r^3 by their power series, to the last term that counts. */
    private static double series(double r, boolean derivative) {
        double sum = 0;
        double term = derivative ? -1.0 / 3 : 1; // (-1)^(k+1) (2k + 2) / (2k + 3)! or (-1)^k / (2k + 1)!, times r^2k
        for (int k = 0; k < 12; k++) {
            sum += term;
            term *= derivative
                    ? -r * r * (2.0 * k + 4) / ((2.0 * k + 2) * (2.0 * k + 4) * (2.0 * k + 5))
                    : -r * r / ((2.0 * k + 2) * (2.0 * k + 3));
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-12, 1e-9, 1e-6, 9e-5, 1.1e-4, 1e-3, 9.9e-3})
    void shortStepsAreExact(double r) {
        double[] x = {0.6 * r, -0.8 * r};
        double s = series(r, false);
        double[] q = Manifold.sphere2().exponential(x);
        assertThat(q[0]).isEqualTo(Math.cos(r));
        assertThat(q[1]).isCloseTo(s * x[0], within(ROUNDING * r));
        assertThat(q[2]).isCloseTo(s * x[1], within(ROUNDING * r));

        double[] cotangent = {0.3, 2, 1};
        double along = x[0] * 2 + x[1];
        double[] actual = new double[2];
        Manifold.sphere2().exponentialBackward(x, cotangent, actual);
        for (int i = 0; i < 2; i++) {
            double expected = -s * 0.3 * x[i] + s * cotangent[i + 1] + series(r, true) * x[i] * along;
            assertThat(actual[i]).isCloseTo(expected, within(2 * ROUNDING));
        }
    }

    /** Where the first and the last term of the backward map are all there is, so that nothing hides the last. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 1e-3, 9.9e-3, 1.01e-2, 0.5})
    void theSecondOrderOfShortStepsIsExact(double r) {
        double[] x = {r, 0};
        double[] actual = new double[2];
        // s q_v + c r^2 q_v = cos r q_v along x: the rest of the derivative of the sine
        Manifold.sphere2().exponentialBackward(x, new double[] {0, 1, 0}, actual);
        assertThat(actual[0]).isCloseTo(Math.cos(r), within(2 * ROUNDING));
        assertThat(1 - actual[0]).isCloseTo(2 * Math.pow(Math.sin(r / 2), 2), within(2 * ROUNDING));
        assertThat(actual[1]).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"S2", "S3", "SO3"})
    void logarithmsInvertShortAndLongSteps(String name) {
        Manifold manifold = Manifold.parse(name);
        for (double r : new double[] {0, 1e-12, 9e-9, 1.1e-8, 1e-4, 1, 1.5}) {
            double[] x = new double[manifold.dimension()];
            x[0] = 0.6 * r;
            x[1] = -0.8 * r;
            double[] back = manifold.logarithm(manifold.exponential(x));
            for (int i = 0; i < x.length; i++) {
                assertThat(back[i]).isCloseTo(x[i], within(ROUNDING * r));
            }
        }
    }

    /** At the pole the logarithm is the projection to the tangent plane, divided by the length of the point. */
    @ParameterizedTest
    @ValueSource(strings = {"S2", "S3", "SO3"})
    void logarithmsAreDifferentiatedAtThePole(String name) {
        Manifold manifold = Manifold.parse(name);
        double[] cotangent = Arrays.copyOf(new double[] {0.5, -2, 3}, manifold.dimension());
        for (double length : new double[] {1, 2, -1}) {
            if (length < 0 && !name.equals("SO3")) {
                continue; // the antipode, where there is no derivative
            }
            double[] point = new double[manifold.embeddingSize()];
            point[0] = length;
            double[] actual = new double[point.length];
            manifold.logarithmBackward(point, cotangent, actual);
            assertThat(actual[0]).isZero();
            for (int i = 0; i < cotangent.length; i++) {
                assertThat(actual[i + 1]).isEqualTo(cotangent[i] / length);
            }
        }
    }

    @Test
    void rotationsAreGivenWithAPositiveRealPart() {
        double[] q = {-0.5, 0.5, -0.5, 0.5};
        assertThat(Manifold.rotations().canonical(q)).containsExactly(0.5, -0.5, 0.5, -0.5);
        assertThat(Manifold.rotations().canonical(new double[] {0.5, -0.5, 0.5, -0.5}))
                .containsExactly(0.5, -0.5, 0.5, -0.5);
        assertThat(Manifold.rotations().canonical(new double[] {0, -1, 0, 0})).containsExactly(0, -1, 0, 0);
        assertThat(Manifold.sphere3().canonical(q)).containsExactly(q);
        assertThat(Manifold.sphere3().canonical(new double[] {-2, 0, 0, 0})).containsExactly(-1, 0, 0, 0);
        assertThat(Manifold.rotations().distance(q, new double[] {0.5, -0.5, 0.5, -0.5}))
                .isZero();
    }

    /** Close to the centre the Jacobian is 1 + (d - 1) r^2 / 6, and no other wrap counts. */
    @ParameterizedTest
    @ValueSource(strings = {"S2", "S3", "SO3"})
    void gradientsOfDensitiesNearTheCentre(String name) {
        Manifold manifold = Manifold.parse(name);
        int d = manifold.dimension();
        TangentGaussian narrow = TangentGaussian.isotropic(d, 0.1);
        for (double r : new double[] {1e-7, 5e-5, 2e-4}) {
            double[] x = new double[d];
            x[0] = 0.6 * r;
            x[1] = 0.8 * r;
            DensityGradient gradient = new DensityGradient(d);
            manifold.logDensity(narrow, x, 3, gradient);
            for (int i = 0; i < d; i++) {
                double expected = x[i] * ((d - 1) / 3.0 - 100);
                assertThat(gradient.toTangent[i]).isCloseTo(expected, within(1e-6 * r));
            }
        }
    }

    @Test
    void coordinatesOfATangentGaussianThatStandAlone() {
        double[] factor = {
            2, 0, 0,
            0, 3, 0,
            0, 0.5, 0.25
        };
        TangentGaussian gaussian = new TangentGaussian(3, factor);
        assertThat(gaussian.dimension()).isEqualTo(3);
        assertThat(gaussian.factor()).isEqualTo(factor);
        assertThat(gaussian.isDiagonal()).isFalse();
        assertThat(TangentGaussian.isotropic(3, 2).isDiagonal()).isTrue();
        assertThat(gaussian.sample(new double[] {1, 2, 4})).containsExactly(2, 6, 2);
        assertThat(gaussian.block(1, 2).factor()).containsExactly(3, 0, 0.5, 0.25);
        assertThat(gaussian.block(0, 1).factor()).containsExactly(2);
    }

    @Test
    void latticesOfEuclideanSpaceAreRegular() {
        assertThat(Manifold.euclidean(1).grid(5)).map(point -> point[0]).containsExactly(-3.0, -1.5, 0.0, 1.5, 3.0);
        assertThat(Manifold.euclidean(1).grid(1)).map(point -> point[0]).containsExactly(0.0);
        List<double[]> plane = Manifold.euclidean(2).grid(9);
        assertThat(plane).hasSize(9);
        assertThat(plane).allMatch(point -> Math.abs(point[0]) % 3 == 0 && Math.abs(point[1]) % 3 == 0);
        assertThat(plane).extracting(Arrays::toString).doesNotHaveDuplicates();
        assertThat(Manifold.euclidean(2).logVolume()).isInfinite();
        assertThat(Manifold.euclidean(2).initialDeviation()).isEqualTo(1);
    }
}
