/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

/** What bounds must satisfy whatever their formulas. */
class BoundIdentitiesTest {
    private static final int TIMES = 12;
    private static final double VARIANCE = 1.3;
    private static final double LENGTH_SCALE = 0.9;
    private static final double NOISE = 0.4;

    private final SplittableRandom random = new SplittableRandom(9);

    private double[][] points(Manifold manifold, int count) {
        double[][] points = new double[count][];
        for (int i = 0; i < count; i++) {
            points[i] = manifold.randomPoint(random);
        }
        return points;
    }

    private static double[] features(Manifold manifold, double[][] points) {
        double[] features = new double[manifold.featureSize() * points.length];
        for (int p = 0; p < points.length; p++) {
            manifold.features(points[p], features, p, points.length);
        }
        return features;
    }

    private static InducingKernel kernel(Manifold manifold, double[][] inducing, double jitter) {
        return new InducingKernel(
                "test",
                manifold,
                new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, jitter),
                inducing,
                VARIANCE,
                new double[] {LENGTH_SCALE});
    }

    private Observations data() {
        double[][] y = new double[1][TIMES];
        for (int t = 0; t < TIMES; t++) {
            y[0][t] = random.nextGaussian();
        }
        return new Observations(y, TIMES);
    }

    private static double collapsed(Manifold manifold, double[][] inducing, Observations data, double[][] g) {
        return collapsed(manifold, inducing, data, g, 1e-9);
    }

    private static double collapsed(
            Manifold manifold, double[][] inducing, Observations data, double[][] g, double jitter) {
        return new CollapsedBound(List.of(kernel(manifold, inducing, jitter)), new double[] {NOISE}, new Partition(1))
                .values(data, features(manifold, g), 1)[0];
    }

    /** Log marginal likelihood of the full process, by another library. */
    private static double exact(Manifold manifold, Observations data, double[][] g) {
        return ExactProcess.logMarginal(kernel(manifold, g, 1e-9).matrix(), NOISE, data.values()[0]);
    }

    /**
     * With inducing points at all inputs what is missing is of the order of \(T j / \sigma^2\), and proportional to the jitter j; on R1
     * rounding adds 2e-10.
     */
    @ParameterizedTest
    @ValueSource(strings = {"R1", "T1", "T2", "S2", "S3", "SO3"})
    void collapsedBoundIsBelowTheMarginalLikelihoodAndReachesIt(String name) {
        Manifold manifold = Manifold.parse(name);
        Observations data = data();
        double[][] g = points(manifold, TIMES);
        double exact = exact(manifold, data, g);
        assertThat(collapsed(manifold, points(manifold, 4), data, g)).isLessThan(exact);
        double gap = exact - collapsed(manifold, g, data, g, 1e-10);
        assertThat(gap).isPositive().isLessThan(2e-8);
        assertThat(exact - collapsed(manifold, g, data, g, 1e-9)).isCloseTo(10 * gap, withinPercentage(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"R1", "T1", "S2", "SO3"})
    void variationalBoundIsBelowTheCollapsedOne(String name) {
        Manifold manifold = Manifold.parse(name);
        Observations data = data();
        double[][] g = points(manifold, TIMES);
        double[][] inducing = points(manifold, 4);
        InducingKernel kernel = kernel(manifold, inducing, 1e-9);
        double collapsed = collapsed(manifold, inducing, data, g);
        for (int trial = 0; trial < 20; trial++) {
            double[] factor = new double[16];
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j <= i; j++) {
                    factor[i * 4 + j] = i == j ? Math.exp(random.nextGaussian() - 1) : 0.2 * random.nextGaussian();
                }
            }
            VariationalBound bound = new VariationalBound(
                    List.of(kernel),
                    Likelihood.GAUSSIAN,
                    1,
                    new double[][] {{NOISE}},
                    new double[][] {Manifold.gaussian(4, random)},
                    new double[][] {factor},
                    new Partition(1));
            double[] features = features(manifold, g);
            double fit = bound.evaluate(data, features, 1, 1, new double[features.length]).perSample[0];
            assertThat(fit - bound.divergence()).isLessThan(collapsed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"T1", "T2", "S3", "SO3"})
    void boundDoesNotChangeWhenAllIsMovedOrTimesArePermuted(String name) {
        Manifold manifold = Manifold.parse(name);
        Observations data = data();
        double[][] g = points(manifold, TIMES);
        double[][] inducing = points(manifold, 4);
        double before = collapsed(manifold, inducing, data, g);
        double[] by = manifold.randomPoint(random);
        assertThat(collapsed(manifold, moved(manifold, by, inducing), data, moved(manifold, by, g)))
                .isCloseTo(before, within(1e-12));

        List<Integer> order = new ArrayList<>();
        for (int t = 0; t < TIMES; t++) {
            order.add((5 * t + 3) % TIMES);
        }
        int[] indices = order.stream().mapToInt(Integer::intValue).toArray();
        double[][] permuted = order.stream().map(t -> g[t]).toArray(double[][]::new);
        assertThat(collapsed(manifold, inducing, data.ofTimes(indices), permuted))
                .isCloseTo(before, within(1e-12));
    }

    /** The same points by other numbers: angles after some turns, the other quaternion of a rotation. */
    @ParameterizedTest
    @ValueSource(strings = {"T1", "T2", "SO3"})
    void boundDoesNotChangeWithTheNumbersOfAPoint(String name) {
        Manifold manifold = Manifold.parse(name);
        Observations data = data();
        double[][] g = points(manifold, TIMES);
        double[][] inducing = points(manifold, 4);
        double before = collapsed(manifold, inducing, data, g);
        for (int trial = 0; trial < 10; trial++) {
            double[][] others = copied(manifold, g);
            assertThat(Arrays.deepEquals(others, g)).isFalse();
            assertThat(collapsed(manifold, copied(manifold, inducing), data, others))
                    .isCloseTo(before, within(manifold instanceof Torus ? 1e-12 : 0));
        }
    }

    private double[][] copied(Manifold manifold, double[][] points) {
        double[][] copies = new double[points.length][];
        for (int p = 0; p < points.length; p++) {
            double sign = random.nextBoolean() ? -1 : 1;
            int turns = random.nextInt(-2, 3);
            copies[p] = Arrays.stream(points[p])
                    .map(value -> manifold instanceof Torus ? value + 2 * Math.PI * turns : sign * value)
                    .toArray();
        }
        return copies;
    }

    private static double[][] moved(Manifold manifold, double[] by, double[][] points) {
        double[][] moved = new double[points.length][];
        for (int i = 0; i < points.length; i++) {
            moved[i] = manifold.move(by, points[i]);
        }
        return moved;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void missingTimesAreTimesThatAreNotThere(boolean shared) {
        Manifold manifold = Manifold.circle();
        double[][] g = points(manifold, TIMES);
        double[][] inducing = points(manifold, 4);
        Observations all = data();
        double[][] gap = {all.values()[0].clone(), data().values()[0]};
        int[] kept = {0, 1, 3, 4, 5, 6, 8, 9, 10, 11};
        gap[0][2] = Double.NaN;
        gap[0][7] = Double.NaN;
        InducingKernel kernel = kernel(manifold, inducing, 1e-6);
        List<InducingKernel> kernels = shared ? List.of(kernel) : List.of(kernel, kernel);
        double[] noises = shared ? new double[] {NOISE} : new double[] {NOISE, NOISE};
        double together = new CollapsedBound(kernels, noises, new Partition(1))
                .values(new Observations(gap, TIMES), features(manifold, g), 1)[0];
        CollapsedBound single = new CollapsedBound(List.of(kernel), new double[] {NOISE}, new Partition(1));
        double[][] present = new double[kept.length][];
        for (int i = 0; i < kept.length; i++) {
            present[i] = g[kept[i]];
        }
        double apart = single.values(all.ofTimes(kept), features(manifold, present), 1)[0]
                + single.values(new Observations(new double[][] {gap[1]}, TIMES), features(manifold, g), 1)[0];
        assertThat(together).isCloseTo(apart, within(1e-10));
    }

    /**
     * What the layer keeps for predictions maximises the variational bound on average over samples of the latents: any other posterior
     * of a neuron is worse, and so is the best one of a single sample. The second neuron misses two times.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void posteriorsAreTheBestOnesForAllSamplesTogether(boolean shared) {
        Manifold manifold = Manifold.circle();
        double[][] y = {data().values()[0], data().values()[0]};
        y[1][2] = Double.NaN;
        y[1][7] = Double.NaN;
        Observations data = new Observations(y, TIMES);
        double[][] first = points(manifold, TIMES);
        double[][] both = new double[2 * TIMES][];
        for (int t = 0; t < TIMES; t++) {
            both[t] = first[t];
            both[TIMES + t] = new double[] {first[t][0] + 0.3 * random.nextGaussian()};
        }
        double[] features = features(manifold, both);
        InducingKernel kernel = kernel(manifold, points(manifold, 4), 1e-6);
        List<InducingKernel> kernels =
                shared ? List.of(kernel) : List.of(kernel, kernel(manifold, points(manifold, 4), 1e-6));
        double[] noises = shared ? new double[] {NOISE} : new double[] {NOISE, 2 * NOISE};
        CollapsedBound collapsed = new CollapsedBound(kernels, noises, new Partition(2));
        SparseGpGradient evaluated = collapsed.evaluate(data, features, 2, 1, new double[features.length]);
        List<InducingPosterior> best = collapsed.posteriors(data, evaluated.sums, 2);
        double optimum = variational(kernels, noises, best, data, features);
        List<InducingPosterior> ofOne = collapsed.posteriors(data, features(manifold, first), 1);
        assertThat(variational(kernels, noises, ofOne, data, features)).isLessThan(optimum - 1e-3);
        for (int trial = 0; trial < 40; trial++) {
            InducingPosterior own = best.get(trial % 2);
            double[] mean = own.mean().clone();
            double[] factor = own.factor().clone();
            int row = random.nextInt(4);
            if (trial < 20) {
                mean[row] += random.nextBoolean() ? 1e-3 : -1e-3;
            } else {
                factor[row * 4 + random.nextInt(row + 1)] += random.nextBoolean() ? 1e-3 : -1e-3;
            }
            List<InducingPosterior> other = new ArrayList<>(best);
            other.set(trial % 2, new InducingPosterior(mean, factor));
            assertThat(variational(kernels, noises, other, data, features)).isLessThan(optimum);
        }
        assertThat(optimum).isLessThanOrEqualTo(evaluated.meanOverSamples());
    }

    private static double variational(
            List<InducingKernel> kernels,
            double[] noises,
            List<InducingPosterior> posteriors,
            Observations data,
            double[] features) {
        double[][] parameters = new double[noises.length][];
        for (int k = 0; k < noises.length; k++) {
            parameters[k] = new double[] {noises[k]};
        }
        VariationalBound bound = new VariationalBound(
                kernels,
                Likelihood.GAUSSIAN,
                1,
                parameters,
                posteriors.stream().map(InducingPosterior::mean).toArray(double[][]::new),
                posteriors.stream().map(InducingPosterior::factor).toArray(double[][]::new),
                new Partition(1));
        return bound.evaluate(data, features, 2, 1, new double[features.length]).meanOverSamples() - bound.divergence();
    }
}
