/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Known isometries are undone. */
class LatentAlignmentTest {
    private static final int TIMES = 60;

    private static INDArray points(Manifold manifold, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] points = new double[TIMES][];
        for (int t = 0; t < TIMES; t++) {
            points[t] = manifold.randomPoint(random);
        }
        return Nd4j.createFromArray(points);
    }

    private static INDArray moved(Manifold manifold, INDArray points) {
        SplittableRandom random = new SplittableRandom(77);
        double[] left = manifold.randomPoint(random);
        double[] right = manifold.randomPoint(random);
        double[][] rows = points.toDoubleMatrix();
        double[][] result = new double[TIMES][];
        for (int t = 0; t < TIMES; t++) {
            result[t] = switch (manifold.toString()) {
                case "S3", "SO3" ->
                    UnitQuaternions.product(UnitQuaternions.product(left, UnitQuaternions.conjugate(rows[t])), right);
                case "S2" -> manifold.move(left, rows[t]);
                case "T2" -> new double[] {-rows[t][1] + left[0], rows[t][0] + left[1]};
                case "T1" -> new double[] {-rows[t][0] + left[0]};
                default -> new double[] {0.6 * rows[t][0] - 0.8 * rows[t][1] + 3, 0.8 * rows[t][0] + 0.6 * rows[t][1]};
            };
        }
        return Nd4j.createFromArray(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R2", "T1", "T2", "S2", "S3", "SO3"})
    void isometriesAreUndone(String name) {
        Manifold manifold = Manifold.parse(name);
        INDArray given = points(manifold, 1);
        LatentAlignment alignment = LatentAlignment.of(manifold, moved(manifold, given), given);
        assertThat(alignment.errors().maxNumber().doubleValue()).isLessThan(1e-6);
        assertThat(alignment.agreement()).isGreaterThan(1 - 1e-9);
        assertThat(alignment.distanceCorrelation()).isGreaterThan(1 - 1e-9);
    }

    /** Few rotations, each given by either of its two quaternions: some starts end at wrong signs, whatever the isometry. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void signsOfQuaternionsAreNoMatter(boolean inverted) {
        Manifold manifold = Manifold.rotations();
        for (long seed = 1; seed <= 6; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] left = manifold.randomPoint(random);
            double[] right = manifold.randomPoint(random);
            double[][] given = new double[9][];
            double[][] inferred = new double[9][];
            for (int t = 0; t < given.length; t++) {
                given[t] = manifold.randomPoint(random);
                double[] q = inverted ? UnitQuaternions.conjugate(given[t]) : given[t];
                inferred[t] = UnitQuaternions.product(UnitQuaternions.product(left, q), right);
                if (random.nextBoolean()) {
                    for (int i = 0; i < 4; i++) {
                        inferred[t][i] = -inferred[t][i];
                    }
                }
            }
            LatentAlignment alignment =
                    LatentAlignment.of(manifold, Nd4j.createFromArray(inferred), Nd4j.createFromArray(given));
            assertThat(alignment.errors().maxNumber().doubleValue())
                    .as("seed %d", seed)
                    .isLessThan(1e-6);
        }
    }

    /** Squared distances x = 1, 9, 4, 49, 36, 16 and y = 4, 1, 1, 1, 9, 4: six times their centred sums are 424, 11081 and 296. */
    @Test
    void distanceCorrelationIsThatOfTheSquaredDistancesOfAllPairs() {
        INDArray a = Nd4j.createFromArray(new double[][] {{0}, {1}, {3}, {7}});
        INDArray b = Nd4j.createFromArray(new double[][] {{0}, {2}, {1}, {-1}});
        Manifold line = Manifold.euclidean(1);
        assertThat(LatentAlignment.distanceCorrelation(line, a, line, b))
                .isCloseTo(424 / Math.sqrt(11081.0 * 296), within(1e-12));
    }

    @Test
    void meanAndMedianAreThoseOfTheErrors() {
        INDArray none = Nd4j.createFromArray(new double[3][1]);
        INDArray three = Nd4j.createFromArray(5.0, 1, 3);
        assertThat(new LatentAlignment(none, three, 1, 1).medianError()).isEqualTo(3);
        assertThat(new LatentAlignment(none, three, 1, 1).meanError()).isEqualTo(3);
        assertThat(three).isEqualTo(Nd4j.createFromArray(5.0, 1, 3));
        INDArray four = Nd4j.createFromArray(8.0, 1, 4, 2);
        assertThat(new LatentAlignment(none, four, 1, 1).medianError()).isEqualTo(3);
        assertThat(new LatentAlignment(none, four, 1, 1).meanError()).isEqualTo(3.75);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R2", "T1", "T2", "S2", "S3", "SO3"})
    void unrelatedLatentsDoNotAgree(String name) {
        Manifold manifold = Manifold.parse(name);
        LatentAlignment alignment = LatentAlignment.of(manifold, points(manifold, 1), points(manifold, 2));
        assertThat(alignment.agreement()).isLessThan(0.5);
        assertThat(Math.abs(alignment.distanceCorrelation())).isLessThan(0.3);
        assertThat(alignment.medianError()).isGreaterThan(0.3);
    }

    @Test
    void factorsOfAProductAreAlignedByThemselves() {
        Manifold manifold = Manifold.parse("T1xS2");
        INDArray given = points(manifold, 1);
        INDArray turned = Nd4j.hstack(
                moved(Manifold.circle(), Nd4j.createFromArray(columns(given, 0, 1))),
                moved(Manifold.sphere2(), Nd4j.createFromArray(columns(given, 1, 4))));
        assertThat(LatentAlignment.of(manifold, turned, given)
                        .errors()
                        .maxNumber()
                        .doubleValue())
                .isLessThan(1e-6);
    }

    private static double[][] columns(INDArray rows, int from, int to) {
        double[][] all = rows.toDoubleMatrix();
        double[][] result = new double[all.length][];
        for (int t = 0; t < all.length; t++) {
            result[t] = java.util.Arrays.copyOfRange(all[t], from, to);
        }
        return result;
    }

    @Test
    void latentsThatAreNotFiniteAreRefused() {
        INDArray good = points(Manifold.circle(), 1);
        INDArray bad = good.dup().putScalar(3, 0, Double.NaN);
        assertThatThrownBy(() -> LatentAlignment.of(Manifold.circle(), bad, good))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("row 3 of inferred");
        assertThatThrownBy(() -> LatentAlignment.of(Manifold.circle(), good, bad))
                .hasMessageContaining("row 3 of given");
    }

    @Test
    void shapesThatDifferAreRefused() {
        assertThatThrownBy(() -> LatentAlignment.of(
                        Manifold.circle(),
                        Nd4j.createFromArray(new double[3][1]),
                        Nd4j.createFromArray(new double[4][1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 1]")
                .hasMessageContaining("[4, 1]");
    }

    @Test
    void latentsThatAreNoMatricesOfPointsAreRefused() {
        INDArray angles = Nd4j.createFromArray(0.1, 0.2, 0.3);
        assertThatThrownBy(() -> LatentAlignment.of(Manifold.circle(), angles, angles))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inferred has shape [3]");
        INDArray none = Nd4j.empty(DataType.DOUBLE).reshape(0, 1);
        assertThatThrownBy(() -> LatentAlignment.of(Manifold.circle(), none, none))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inferred has shape [0, 1]");
    }

    /** Angles 0 to n - 1 in another order, each reversed or not and turned. */
    @ParameterizedTest
    @ValueSource(ints = {3, 7, 13})
    void axesOfHighTorusesAreFound(int n) {
        Manifold torus = Manifold.torus(n);
        INDArray given = points(torus, 1);
        double[][] inferred = new double[TIMES][n];
        for (int t = 0; t < TIMES; t++) {
            for (int j = 0; j < n; j++) {
                double angle = given.getDouble(t, j);
                inferred[t][(4 * j + 1) % n] = (j % 2 == 0 ? angle : -angle) + 0.1 * j;
            }
        }
        LatentAlignment alignment = LatentAlignment.of(torus, Nd4j.createFromArray(inferred), given);
        assertThat(alignment.errors().maxNumber().doubleValue()).isLessThan(1e-6);
    }

    @Test
    void moreAxesThanCanBeAssignedAreRefused() {
        Manifold torus = Manifold.torus(17);
        INDArray given = points(torus, 1);
        assertThatThrownBy(() -> LatentAlignment.of(torus, given, given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("torus has 17 dimensions")
                .hasMessageContaining("at most 16")
                .hasMessageContaining("distanceCorrelation");
    }
}
