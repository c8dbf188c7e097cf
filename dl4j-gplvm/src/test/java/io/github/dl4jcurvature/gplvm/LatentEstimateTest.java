/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LatentEstimateTest {

    /** How far a step of one standard deviation goes; on rotations by twice as much, for distances are whole angles. */
    @ParameterizedTest
    @CsvSource({"R3, 1", "T3, 1", "S2, 1", "S3, 1", "SO3, 2"})
    void deviationsAreThoseOfTangentVectors(String name, double ratio) {
        Manifold manifold = Manifold.parse(name);
        FactorParameters factors = new FactorParameters(manifold, TangentCovariance.FULL, 0.01);
        double[][] means = {manifold.identity()};
        LatentEstimate estimate = new LatentEstimate(manifold, factors, means, new double[][] {factors.isotropic(0.3)});
        for (int i = 0; i < manifold.dimension(); i++) {
            double deviation = estimate.deviations().getDouble(0, i);
            assertThat(deviation).isCloseTo(0.3, within(1e-15));
            double[] tangent = new double[manifold.dimension()];
            tangent[i] = deviation;
            double[] moved = manifold.move(means[0], manifold.exponential(tangent));
            assertThat(manifold.distance(means[0], moved)).isCloseTo(ratio * deviation, within(1e-14));
        }
    }

    @Test
    void meansAreCanonicalPoints() {
        Manifold ring = Manifold.circle();
        FactorParameters factors = new FactorParameters(ring, TangentCovariance.FULL, 0.01);
        double[][] means = {{0.5}, {0.5 + 2 * Math.PI}, {-7}};
        double[][] spread = {factors.isotropic(0.3), factors.isotropic(0.3), factors.isotropic(0.3)};
        LatentEstimate estimate = new LatentEstimate(ring, factors, means, spread);
        assertThat(estimate.means().shape()).containsExactly(3, 1);
        for (int t = 0; t < 3; t++) {
            assertThat(estimate.means().getDouble(t, 0)).isEqualTo(ring.canonical(means[t])[0]);
        }
        assertThat(estimate.means().getDouble(1, 0)).isCloseTo(0.5, within(1e-15));
        assertThat(estimate.times()).isEqualTo(3);
    }
}
