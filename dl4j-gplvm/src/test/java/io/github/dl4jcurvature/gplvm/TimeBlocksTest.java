/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

/** Times are independent given the tuning, so that bounds of long recordings are sums over pieces, however the work is cut. */
class TimeBlocksTest {
    private static final int TIMES = 300; // more than two blocks, and no multiple of a block
    private static final int SAMPLES = 3;
    private static final int NEURONS = 2;
    private static final int INDUCING = 4;

    private final SplittableRandom random = new SplittableRandom(5);
    private final Manifold circle = Manifold.circle();
    private final double[][] points = points(SAMPLES * TIMES);
    private final double[][] y = new double[NEURONS][TIMES];

    private double[][] points(int count) {
        double[][] result = new double[count][];
        for (int i = 0; i < count; i++) {
            result[i] = circle.randomPoint(random);
        }
        return result;
    }

    private VariationalBound bound(boolean shared, int threads) {
        SplittableRandom own = new SplittableRandom(8);
        List<InducingKernel> kernels = new ArrayList<>();
        double[][] means = new double[NEURONS][];
        double[][] factors = new double[NEURONS][];
        for (int n = 0; n < NEURONS; n++) {
            double[][] inducing = new double[INDUCING][];
            Arrays.setAll(inducing, i -> circle.randomPoint(own));
            kernels.add(new InducingKernel(
                    "test",
                    circle,
                    new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, 1e-6),
                    inducing,
                    1.3 + n,
                    new double[] {0.9}));
            means[n] = Manifold.gaussian(INDUCING, own);
            factors[n] = new double[INDUCING * INDUCING];
            for (int i = 0; i < INDUCING; i++) {
                factors[n][i * INDUCING + i] = 0.5 + 0.1 * i;
            }
        }
        return new VariationalBound(
                shared ? kernels.subList(0, 1) : kernels,
                Likelihood.GAUSSIAN,
                1,
                shared ? new double[][] {{0.4}} : new double[][] {{0.4}, {0.6}},
                means,
                factors,
                new Partition(threads));
    }

    private SparseGpGradient evaluate(VariationalBound bound, int from, int to, double[] toPoints) {
        int count = to - from;
        double[] features = new double[circle.featureSize() * SAMPLES * count];
        for (int s = 0; s < SAMPLES; s++) {
            for (int t = 0; t < count; t++) {
                circle.features(points[s * TIMES + from + t], features, s * count + t, SAMPLES * count);
            }
        }
        Observations data =
                new Observations(y, TIMES).ofTimes(IntStream.range(from, to).toArray());
        return bound.evaluate(data, features, SAMPLES, 0.7, toPoints);
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "false, 1", "false, 2"})
    void longRecordingsAreTheSumOfTheirPieces(boolean shared, int threads) {
        for (double[] row : y) {
            Arrays.setAll(row, t -> t == 131 ? Double.NaN : random.nextGaussian());
        }
        int features = circle.featureSize();
        double[] toPoints = new double[features * SAMPLES * TIMES];
        SparseGpGradient whole = evaluate(bound(shared, threads), 0, TIMES, toPoints);

        int[] cuts = {0, 50, 128, 129, 256, TIMES};
        double[] sums = new double[SAMPLES];
        double[] toMean = new double[INDUCING];
        double toVariance = 0;
        double toNoise = 0;
        for (int i = 0; i + 1 < cuts.length; i++) {
            int count = cuts[i + 1] - cuts[i];
            double[] toPiece = new double[features * SAMPLES * count];
            SparseGpGradient piece = evaluate(bound(shared, 1), cuts[i], cuts[i + 1], toPiece);
            for (int s = 0; s < SAMPLES; s++) {
                sums[s] += piece.perSample[s];
                for (int f = 0; f < features; f++) {
                    for (int t = 0; t < count; t++) {
                        assertThat(toPoints[f * SAMPLES * TIMES + s * TIMES + cuts[i] + t])
                                .isCloseTo(toPiece[f * SAMPLES * count + s * count + t], within(1e-12));
                    }
                }
            }
            for (int m = 0; m < INDUCING; m++) {
                toMean[m] += piece.mean[1][m];
            }
            toVariance += piece.kernels.get(0).variance;
            toNoise += piece.likelihood[0][0];
        }
        assertClose(whole.perSample, sums, 1e-12, "bound of each sample");
        assertClose(whole.mean[1], toMean, 1e-12, "derivatives for the mean");
        assertThat(whole.kernels.get(0).variance).isCloseTo(toVariance, withinPercentage(1e-10));
        assertThat(whole.likelihood[0][0]).isCloseTo(toNoise, withinPercentage(1e-10));
        assertThat(sums[0]).isNotEqualTo(sums[1]);
    }
}
