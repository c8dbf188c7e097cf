/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Draws of many times at once. */
class LatentDrawTest {
    private static final int TIMES = 11;
    private static final int SAMPLES = 5;

    @SuppressWarnings("ArrayRecordComponent") // compared entry by entry
    private record Drawn(double[][][] points, double divergence, double[] ratios, LatentDraw.Gradient gradient) {}

    private static Drawn drawn(String name, LatentPrior prior, int[] times, int threads) {
        Manifold manifold = Manifold.parse(name);
        FactorParameters factors = new FactorParameters(manifold, TangentCovariance.FULL, 0.01);
        LatentModel model = new LatentModel(manifold, factors, manifold.defaultImages(), prior);
        double[][] means = new double[times.length][];
        double[][] spreads = new double[times.length][];
        double[][] cotangents = new double[times.length][];
        for (int i = 0; i < times.length; i++) {
            SplittableRandom random = new SplittableRandom(times[i]); // what belongs to a time goes with it
            means[i] = manifold.randomPoint(random);
            spreads[i] = factors.isotropic(0.2 + 0.3 * random.nextDouble());
            cotangents[i] = Manifold.gaussian(SAMPLES * manifold.embeddingSize(), random);
        }
        double[] parameters = prior.initialParameters();
        LatentDraw draw =
                model.draw(means, spreads, parameters, times, LatentNoise.of(5, 3), SAMPLES, new Partition(threads));
        return new Drawn(
                LatentInference.points(draw),
                draw.divergence(true),
                draw.logRatios(),
                draw.backward(cotangents, 0.7, true));
    }

    private static int[] times() {
        int[] times = new int[TIMES];
        Arrays.setAll(times, t -> t);
        return times;
    }

    /** To the last bit, since parts and their order are fixed. */
    @ParameterizedTest
    @CsvSource({"T1, UNIFORM", "T2, GAUSSIAN", "S2, BROWNIAN", "SO3, AUTOREGRESSIVE", "T1xR2, BROWNIAN", "S3, UNIFORM"})
    void drawsAndDerivativesDoNotDependOnThreads(String name, LatentPrior prior) {
        Drawn one = drawn(name, prior, times(), 1);
        for (int threads : new int[] {2, 3, 8}) {
            Drawn more = drawn(name, prior, times(), threads);
            assertThat(more.points()).isDeepEqualTo(one.points());
            assertThat(more.divergence()).isEqualTo(one.divergence());
            assertThat(more.ratios()).containsExactly(one.ratios());
            assertThat(more.gradient().rawMeans()).isDeepEqualTo(one.gradient().rawMeans());
            assertThat(more.gradient().rawFactors())
                    .isDeepEqualTo(one.gradient().rawFactors());
            assertThat(more.gradient().prior()).containsExactly(one.gradient().prior());
        }
    }

    /** Noise belongs to the index of a time and not to its place in a batch. */
    @ParameterizedTest
    @CsvSource({"T1", "SO3", "T1xR2"})
    void timesAreDrawnAlikeInEveryBatch(String name) {
        Drawn all = drawn(name, LatentPrior.UNIFORM, times(), 2);
        int[] some = {7, 2, 10};
        Drawn part = drawn(name, LatentPrior.UNIFORM, some, 3);
        for (int i = 0; i < some.length; i++) {
            for (int s = 0; s < SAMPLES; s++) {
                assertThat(part.points()[s][i]).containsExactly(all.points()[s][some[i]]);
            }
            assertThat(part.gradient().rawFactors()[i])
                    .containsExactly(all.gradient().rawFactors()[some[i]]);
        }
        assertThat(all.points()[0][0]).isNotEqualTo(all.points()[1][0]);
    }
}
