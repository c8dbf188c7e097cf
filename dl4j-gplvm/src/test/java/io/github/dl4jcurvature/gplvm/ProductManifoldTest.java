/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** A product is its factors side by side. */
class ProductManifoldTest {
    private static final List<Manifold> FACTORS = List.of(Manifold.sphere3(), Manifold.torus(2), Manifold.rotations());

    private final SplittableRandom random = new SplittableRandom(3);
    private final Manifold product = Manifold.product(FACTORS.get(0), Manifold.product(FACTORS.get(1), FACTORS.get(2)));

    @Test
    void numbersAreThoseOfTheFactors() {
        assertThat(product.factors()).containsExactlyElementsOf(FACTORS);
        assertThat(product.dimension()).isEqualTo(3 + 2 + 3);
        assertThat(product.embeddingSize()).isEqualTo(4 + 2 + 4);
        assertThat(product.logVolume())
                .isCloseTo(Math.log(2 * Math.PI * Math.PI * 4 * Math.PI * Math.PI * Math.PI * Math.PI), within(1e-13));
        assertThat(product.defaultImages())
                .isEqualTo(
                        FACTORS.stream().mapToInt(Manifold::defaultImages).max().orElseThrow());
        assertThat(FACTORS).extracting(Manifold::defaultImages).contains(3, 5);
        assertThat(product.initialDeviation())
                .isEqualTo(FACTORS.stream()
                        .mapToDouble(Manifold::initialDeviation)
                        .min()
                        .orElseThrow());
        assertThat(FACTORS).extracting(Manifold::initialDeviation).doesNotHaveDuplicates();
        assertThat(product.isGroup()).isTrue();
        assertThat(product.needsIsotropy()).isFalse();
        Manifold withSphere = Manifold.product(Manifold.circle(), Manifold.sphere2());
        assertThat(withSphere.isGroup()).isFalse();
        assertThat(withSphere.needsIsotropy()).isFalse(); // each factor answers for itself
        assertThatThrownBy(() -> Manifold.product(Manifold.circle()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least two");
    }

    @Test
    void densitiesMultiplyAndGradientsStandSideBySide() {
        int d = product.dimension();
        double[] factor = new double[d * d];
        int from = 0;
        for (Manifold each : FACTORS) {
            for (int i = from; i < from + each.dimension(); i++) {
                for (int j = from; j <= i; j++) {
                    factor[i * d + j] = i == j ? 0.4 + 0.05 * i : 0.1 * random.nextGaussian();
                }
            }
            from += each.dimension();
        }
        TangentGaussian gaussian = new TangentGaussian(d, factor);
        double[] x = Manifold.gaussian(d, random);
        DensityGradient gradient = new DensityGradient(d);
        double density = product.logDensity(gaussian, x, 2, gradient);
        assertThat(product.logDensity(gaussian, x, 2, null)).isEqualTo(density);

        double sum = 0;
        DensityGradient expected = new DensityGradient(d);
        from = 0;
        for (Manifold each : FACTORS) {
            int size = each.dimension();
            DensityGradient part = new DensityGradient(size);
            sum += each.logDensity(gaussian.block(from, size), Arrays.copyOfRange(x, from, from + size), 2, part);
            expected.add(part, from);
            from += size;
        }
        assertThat(density).isCloseTo(sum, within(1e-13));
        assertThat(gradient.toTangent).containsExactly(expected.toTangent);
        assertThat(gradient.toFactor).containsExactly(expected.toFactor);
        assertThat(gradient.toTangent[d - 1]).isNotZero();
    }

    @Test
    void featuresStandSideBySide() {
        double[] point = product.randomPoint(random);
        int size = product.featureSize();
        assertThat(size).isEqualTo(4 + 4 + 4);
        int stride = 3;
        double[] features = new double[1 + size * stride];
        product.features(point, features, 1, stride);
        double[] cotangent = Manifold.gaussian(features.length, random);
        double[] back = new double[point.length];
        Arrays.fill(back, 2);
        product.featuresBackward(point, cotangent, 1, stride, back);
        int at = 0;
        int feature = 0;
        for (Manifold each : FACTORS) {
            double[] part = Arrays.copyOfRange(point, at, at + each.embeddingSize());
            double[] own = new double[each.featureSize()];
            each.features(part, own, 0, 1);
            double[] ownCotangent = new double[own.length];
            for (int f = 0; f < own.length; f++) {
                assertThat(features[1 + (feature + f) * stride]).isEqualTo(own[f]);
                ownCotangent[f] = cotangent[1 + (feature + f) * stride];
            }
            double[] ownBack = new double[part.length];
            each.featuresBackward(part, ownCotangent, 0, 1, ownBack);
            for (int i = 0; i < part.length; i++) {
                assertThat(back[at + i]).isCloseTo(2 + ownBack[i], within(1e-14));
            }
            at += part.length;
            feature += own.length;
        }
    }
}
