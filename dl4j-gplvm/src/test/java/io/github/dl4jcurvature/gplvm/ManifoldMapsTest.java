/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Maps of the manifolds: what defines them, their derivatives by finite differences, and wrapped densities term by term. */
class ManifoldMapsTest {
    private static final double DIFFERENCES = 1e-9; // accuracy of the differences

    private final SplittableRandom random = new SplittableRandom(7);

    @ParameterizedTest
    @ValueSource(strings = {"R2", "T2", "S2", "S3", "SO3", "T1xR1"})
    void movesTakeTheIdentityToTheMeanAndKeepDistances(String name) {
        Manifold manifold = Manifold.parse(name);
        assertThat(manifold).hasToString(name);
        for (int i = 0; i < 20; i++) {
            double[] mean = manifold.randomPoint(random);
            if (manifold.embeddingSize() > manifold.dimension() && i < 2) { // the poles
                mean = manifold.identity();
                mean[0] = i == 0 ? 1 : -1;
            }
            double[] a = manifold.randomPoint(random);
            double[] b = manifold.randomPoint(random);
            assertThat(manifold.distance(manifold.move(mean, manifold.identity()), mean))
                    .isLessThan(1e-12);
            assertThat(manifold.distance(manifold.move(mean, a), manifold.move(mean, b)))
                    .isCloseTo(manifold.distance(a, b), within(1e-12));
        }
    }

    /** Every backward map adds the transposed Jacobian times the cotangent to what is there. */
    @ParameterizedTest
    @ValueSource(strings = {"R2", "T2", "S2", "S3", "SO3", "T1xR1", "R2xT1"})
    void backwardMapsAreTheTransposedJacobians(String name) {
        Manifold manifold = Manifold.parse(name);
        int e = manifold.embeddingSize();
        for (int i = 0; i < 4; i++) {
            double[] a = manifold.randomPoint(random);
            double[] b = manifold.randomPoint(random);
            if (e > manifold.dimension() && !name.equals("SO3")) {
                a[0] = i % 2 == 0 ? Math.abs(a[0]) : -Math.abs(a[0]); // both hemispheres of S2
            }
            double[] x = Manifold.gaussian(manifold.dimension(), random);
            double[] cotangent = Manifold.gaussian(e, random);
            assertBackward(
                    a,
                    y -> manifold.move(y, b),
                    cotangent,
                    (c, to) -> manifold.moveBackward(a, b, c, to, new double[e]));
            assertBackward(
                    b,
                    y -> manifold.move(a, y),
                    cotangent,
                    (c, to) -> manifold.moveBackward(a, b, c, new double[e], to));
            assertBackward(
                    a,
                    y -> manifold.relative(y, b),
                    cotangent,
                    (c, to) -> manifold.relativeBackward(a, b, c, to, new double[e]));
            assertBackward(
                    b,
                    y -> manifold.relative(a, y),
                    cotangent,
                    (c, to) -> manifold.relativeBackward(a, b, c, new double[e], to));
            assertBackward(x, manifold::exponential, cotangent, (c, to) -> manifold.exponentialBackward(x, c, to));
            double[] tangent = Arrays.copyOf(cotangent, manifold.dimension());
            assertBackward(a, manifold::logarithm, tangent, (c, to) -> manifold.logarithmBackward(a, c, to));
            assertBackward(a, manifold::project, cotangent, (c, to) -> manifold.projectBackward(a, c, to));
        }
    }

    private static void assertBackward(
            double[] at, UnaryOperator<double[]> map, double[] cotangent, BiConsumer<double[], double[]> backward) {
        INDArray jacobian = FiniteDifferences.jacobian(
                y -> Nd4j.createFromArray(map.apply(y.toDoubleVector())), Nd4j.createFromArray(at));
        double[] expected = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            expected[i] = 2;
            for (int j = 0; j < cotangent.length; j++) {
                expected[i] += jacobian.getDouble(j, i) * cotangent[j];
            }
        }
        double[] actual = new double[at.length];
        Arrays.fill(actual, 2);
        backward.accept(cotangent, actual);
        assertClose(actual, expected, DIFFERENCES, "backward map");
    }

    @Test
    void squaredDistancesOfFactorsAddUp() {
        double[] a = {3, 1};
        double[] b = {-3, 5};
        double turn = 2 * Math.PI - 6;
        assertThat(Manifold.parse("T1xR1").distance(a, b)).isCloseTo(Math.hypot(turn, 4), within(1e-14));
        assertThat(Manifold.parse("R2").distance(a, b)).isCloseTo(Math.hypot(6, 4), within(1e-14));
    }

    /** Volumes of the unit spheres and tori; rotations are half of S3. */
    @ParameterizedTest
    @CsvSource({
        "T1, 6.283185307179586",
        "T2, 39.47841760435743",
        "S2, 12.566370614359172",
        "S3, 19.739208802178716",
        "SO3, 9.869604401089358"
    })
    void volumesAreKnown(String name, double volume) {
        assertThat(Manifold.parse(name).logVolume()).isCloseTo(Math.log(volume), within(1e-14));
    }

    @ParameterizedTest
    @CsvSource({"R2, true, false", "T2, true, false", "S2, false, true", "S3, true, false", "SO3, true, false"})
    void onlyTheSphereOfTwoDimensionsIsNoGroup(String name, boolean group, boolean isotropy) {
        assertThat(Manifold.parse(name).isGroup()).isEqualTo(group);
        assertThat(Manifold.parse(name).needsIsotropy()).isEqualTo(isotropy);
    }

    /** At the deviation at which latents start, and at twice or three times as much, more wraps change nothing. */
    @ParameterizedTest
    @CsvSource({"T1, 2", "T2, 2", "S2, 3", "S3, 3", "SO3, 3"})
    void defaultWrapsAreEnoughForTheSpreadsThatOccur(String name, double widest) {
        Manifold manifold = Manifold.parse(name);
        for (double width : new double[] {1, widest}) {
            TangentGaussian gaussian =
                    TangentGaussian.isotropic(manifold.dimension(), width * manifold.initialDeviation());
            double[] x = manifold.logarithm(manifold.randomPoint(random));
            assertThat(manifold.logDensity(gaussian, x, manifold.defaultImages(), null))
                    .isCloseTo(manifold.logDensity(gaussian, x, 12, null), within(1e-9));
        }
    }

    /** What an ensemble starts with: half of a squared chordal distance of 2 (of 2 rotations 1.6), or a quarter of a turn for T1. */
    @ParameterizedTest
    @CsvSource({
        "T1, 1.2533141373155003",
        "T4, 1.772453850905516",
        "S2, 0.7071067811865476",
        "S3, 0.7071067811865476",
        "SO3, 0.6324555320336759"
    })
    void deviationsAtTheStart(String name, double deviation) {
        assertThat(Manifold.parse(name).initialDeviation()).isCloseTo(deviation, within(1e-15));
    }

    /** Covariances with and without correlations; so wide a normal that every term counts. */
    @ParameterizedTest
    @CsvSource({"0", "0.8"})
    void wrappedDensitiesAreSumsOverAllWraps(double correlation) {
        Manifold torus = Manifold.torus(2);
        double[] factor = {2.5, 0, correlation, 3};
        double[] x = {0.4, -1.1};
        int images = 2;
        double[] toX = new double[2];
        double[] toFactor = new double[4];
        double density = 0;
        for (int i = -images; i <= images; i++) {
            for (int j = -images; j <= images; j++) {
                double u = (x[0] + 2 * Math.PI * i) / factor[0]; // L w = x
                double v = (x[1] + 2 * Math.PI * j - factor[2] * u) / factor[3];
                double term = Math.exp(-0.5 * (u * u + v * v)) / (2 * Math.PI * factor[0] * factor[3]);
                double s = v / factor[3]; // L^T (r, s) = w
                double r = (u - factor[2] * s) / factor[0];
                density += term;
                toX[0] -= term * r;
                toX[1] -= term * s;
                toFactor[0] += term * (r * u - 1 / factor[0]);
                toFactor[2] += term * s * u;
                toFactor[3] += term * (s * v - 1 / factor[3]);
            }
        }
        DensityGradient gradient = new DensityGradient(2);
        TangentGaussian gaussian = new TangentGaussian(2, factor);
        assertThat(torus.logDensity(gaussian, x, images, gradient)).isCloseTo(Math.log(density), within(1e-13));
        assertThat(torus.logDensity(gaussian, x, images, null)).isCloseTo(Math.log(density), within(1e-13));
        for (int i = 0; i < 2; i++) {
            assertThat(gradient.toTangent[i]).isCloseTo(toX[i] / density, within(1e-13));
        }
        if (correlation == 0) {
            toFactor[2] = 0; // independent angles have no derivative for a correlation
        }
        for (int i = 0; i < 4; i++) {
            assertThat(gradient.toFactor[i]).isCloseTo(toFactor[i] / density, within(1e-13));
        }
    }

    /** Also next to odd multiples of half a turn, where rounding decides on which side an angle lies. */
    @Test
    void anglesAreWrappedIntoTheHalfOpenRange() {
        for (int k = -51; k <= 51; k += 2) {
            double angle = k * Math.PI;
            for (int step = 0; step < 8; step++) {
                angle = Math.nextDown(angle);
            }
            for (int step = 0; step < 16; step++) {
                double wrapped = Torus.wrapped(angle);
                assertThat(wrapped).isGreaterThanOrEqualTo(-Math.PI).isLessThan(Math.PI);
                assertThat(Math.sin(wrapped)).isCloseTo(Math.sin(angle), within(1e-13));
                assertThat(Math.cos(wrapped)).isCloseTo(-1, within(1e-13));
                angle = Math.nextUp(angle);
            }
        }
        assertThat(Torus.wrapped(Math.PI)).isEqualTo(-Math.PI);
        assertThat(Torus.wrapped(-Math.PI)).isEqualTo(-Math.PI);
        assertThat(Manifold.torus(2).canonical(new double[] {4, -4}))
                .containsExactly(new double[] {4 - 2 * Math.PI, 2 * Math.PI - 4}, within(1e-15));
        assertThat(Manifold.torus(2).distance(new double[] {3, 0}, new double[] {-3, 0}))
                .isCloseTo(2 * Math.PI - 6, within(1e-14));
    }

    /** The mean of 2000 independent unit vectors has a length of about 0.02. */
    @Test
    void anglesAreDrawnFromTheWholeCircle() {
        double[] sums = new double[4];
        for (int i = 0; i < 2000; i++) {
            double[] point = Manifold.torus(2).randomPoint(random);
            for (int j = 0; j < 2; j++) {
                assertThat(point[j]).isBetween(-Math.PI, Math.PI);
                sums[2 * j] += Math.cos(point[j]) / 2000;
                sums[2 * j + 1] += Math.sin(point[j]) / 2000;
            }
        }
        assertThat(Manifold.norm(sums)).isLessThan(0.1);
    }

    @Test
    void gridsOfAnglesAreRegularFromMinusHalfATurn() {
        List<double[]> grid = Manifold.circle().grid(4);
        for (int i = 0; i < 4; i++) {
            assertThat(grid.get(i)[0]).isCloseTo(-Math.PI + i * Math.PI / 2, within(1e-15));
        }
        assertThat(grid).hasSize(4);
    }

    /** The least distance of 100 points that keep away from each other, measured 0.31, 0.40 and 0.56. */
    @ParameterizedTest
    @CsvSource({"S2, 0.3", "S3, 0.35", "SO3, 0.5"})
    void gridsOfSpheresAreSpread(String name, double least) {
        Manifold manifold = Manifold.parse(name);
        List<double[]> grid = manifold.grid(100);
        assertThat(grid).hasSize(100);
        double nearest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < grid.size(); i++) {
            for (int j = 0; j < i; j++) {
                nearest = Math.min(nearest, manifold.distance(grid.get(i), grid.get(j)));
            }
        }
        assertThat(nearest).isGreaterThan(least);
    }
}
