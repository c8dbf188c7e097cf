/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Random models, options and data, good and bad: what comes out has no NaN, or an error says why not, and nothing handed in is changed.
 * {@code -Dfuzz.cases=10000} widens the sweep, {@code -Dtest.seed=123} runs the one case that a failure names.
 */
class GplvmFuzzTest {
    private static final int CASES = 150;
    private static final List<String> MANIFOLDS =
            List.of("R1", "R2", "T1", "T2", "S1", "S2", "S3", "SO3", "T1xR1", "S2xT1", "SO3xR1");

    private static void forCases(Case each) {
        Long one = Long.getLong("test.seed");
        long last = one != null ? one : Integer.getInteger("fuzz.cases", CASES);
        for (long seed = one != null ? one : 1; seed <= last; seed++) {
            try {
                each.run(new SplittableRandom(seed));
            } catch (IllegalArgumentException | IllegalStateException | ArithmeticException | DL4JException reported) {
                if (reported.getMessage() == null || reported.getMessage().length() < 20) {
                    fail("seed %d: error without a reason".formatted(seed), reported);
                }
            } catch (RuntimeException | AssertionError e) {
                fail("seed %d".formatted(seed), e);
            }
        }
    }

    @FunctionalInterface
    private interface Case {
        void run(SplittableRandom random);
    }

    private static <T> T any(SplittableRandom random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static <T> T any(SplittableRandom random, T[] values) {
        return any(random, List.of(values));
    }

    private static boolean rarely(SplittableRandom random) {
        return random.nextInt(12) == 0;
    }

    /** Mostly as usual, sometimes at the edge of what numbers can be. */
    private static double positive(SplittableRandom random, double usual) {
        return rarely(random)
                ? any(random, List.of(0.0, -1.0, 1e-8, 1e8, 1e-300, 1e300, Double.NaN, Double.POSITIVE_INFINITY))
                : usual * Math.exp(random.nextGaussian());
    }

    private static int size(SplittableRandom random, int usual) {
        return rarely(random) ? random.nextInt(-1, 3) : 1 + random.nextInt(usual);
    }

    /** Data of many kinds: noise, constants, copies, huge, tiny, counts, with holes, with what is no number. */
    private static INDArray data(SplittableRandom random, int times, int neurons) {
        double[][] values = new double[Math.max(times, 1)][Math.max(neurons, 1)];
        int kind = random.nextInt(9);
        double scale = any(random, List.of(1.0, 1.0, 1.0, 10.0, 1e6, 1e150, 1e-6, 1e-200));
        double holes = any(random, List.of(0.0, 0.0, 0.1, 0.6));
        for (int t = 0; t < values.length; t++) {
            for (int n = 0; n < values[t].length; n++) {
                values[t][n] = switch (kind) {
                    case 0 -> 0;
                    case 1 -> scale;
                    case 2 -> scale * n;
                    case 3 -> random.nextInt(5);
                    case 4 -> random.nextInt(3) == 0 ? random.nextInt(1000) : 0;
                    default -> scale * random.nextGaussian();
                };
                if (random.nextDouble() < holes) {
                    values[t][n] = Double.NaN;
                }
            }
        }
        if (rarely(random)) {
            double bad = any(random, List.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.0, 0.5));
            values[random.nextInt(values.length)][random.nextInt(values[0].length)] = bad;
        }
        return Nd4j.createFromArray(values);
    }

    private static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private static void assertNoNaN(String what, INDArray array) {
        assertThat(numbers(array)).as(what).doesNotContain(Double.NaN);
    }

    @Test
    void fitsAreFiniteOrRefused() {
        forCases(random -> {
            Manifold manifold = Manifold.parse(any(random, MANIFOLDS));
            int times = size(random, 12);
            INDArray data = data(random, times, size(random, 6));
            INDArray later = data(random, size(random, 4), (int) data.size(1));
            double[] before = numbers(data);
            double[] laterBefore = numbers(later);
            ManifoldGplvm.Builder builder = ManifoldGplvm.builder(manifold)
                    .inducing(size(random, 5))
                    .samples(size(random, 3))
                    .iterations(size(random, 6))
                    .burnIn(random.nextInt(4))
                    .restarts(size(random, 2))
                    .reassignments(random.nextInt(3) - (rarely(random) ? 1 : 0))
                    .learningRate(positive(random, 0.05))
                    .rateDecay(random.nextBoolean())
                    .seed(random.nextLong())
                    .sharedKernel(random.nextBoolean())
                    .ard(random.nextBoolean())
                    .likelihood(any(random, Likelihood.values()))
                    .kernel(any(random, KernelFamily.values()))
                    .prior(any(random, LatentPrior.values()))
                    .covariance(any(random, TangentCovariance.values()))
                    .binWidth(positive(random, 1))
                    .initialLengthScale(positive(random, 1))
                    .threads(1 + random.nextInt(2));
            if (random.nextInt(4) == 0) {
                builder.refinedInducing(size(random, 8));
            }
            try {
                FittedGplvm fitted = builder.build().fit(data);
                assertThat(fitted.evidencePerTime()).as("evidence").isNotNaN();
                assertNoNaN("means", fitted.latents().means());
                assertNoNaN("deviations", fitted.latents().deviations());
                TuningCurves curves = fitted.tuningCurves(manifold.grid(4));
                assertNoNaN("tuning", curves.mean());
                assertNoNaN("deviation of tuning", curves.deviation());
                assertNoNaN("observed", curves.observed());
                assertThat(fitted.importanceWeightedLogLikelihood(3, 1))
                        .as("weighted likelihood")
                        .isNotNaN();
                assertNoNaN(
                        "new latents",
                        fitted.infer(later, any(random, HeldOutStart.values())).means());
            } finally {
                assertThat(numbers(data)).as("data").containsExactly(before);
                assertThat(numbers(later)).as("new data").containsExactly(laterBefore);
            }
        });
    }

    @Test
    void layersTrainOrRefuse() {
        forCases(random -> {
            Manifold manifold = Manifold.parse(any(random, MANIFOLDS));
            int times = size(random, 8);
            int neurons = size(random, 4);
            int batch = random.nextInt(3) > 0 ? Math.max(times, 1) : 1 + random.nextInt(9);
            int burnIn = random.nextInt(3);
            boolean collapsed = random.nextBoolean();
            ManifoldLatentLayer latents = new ManifoldLatentLayer.Builder(manifold)
                    .timePoints(times)
                    .samples(size(random, 3))
                    .burnIn(burnIn)
                    .covariance(any(random, TangentCovariance.values()))
                    .prior(any(random, LatentPrior.values()))
                    .smallestDeviation(rarely(random) ? positive(random, 1) : 0.01)
                    .initialDeviation(positive(random, 0.4))
                    .images(random.nextInt(4))
                    .fixedNoise(random.nextBoolean())
                    .threads(random.nextInt(3))
                    .build();
            SparseGpOutputLayer output = new SparseGpOutputLayer.Builder(manifold)
                    .nOut(neurons)
                    .timePoints(times)
                    .inducing(size(random, 4))
                    .burnIn(burnIn)
                    .likelihood(collapsed && !rarely(random) ? Likelihood.GAUSSIAN : any(random, Likelihood.values()))
                    .kernel(any(random, KernelFamily.values()))
                    .sharedKernel(random.nextBoolean())
                    .ard(random.nextBoolean())
                    .collapsed(collapsed)
                    .jitter(rarely(random) ? positive(random, 1) : 1e-6)
                    .binWidth(positive(random, 1))
                    .initialLengthScale(positive(random, 1))
                    .initialVariance(positive(random, 1))
                    .initialNoise(positive(random, 1))
                    .threads(random.nextInt(3))
                    .build();
            INDArray labels = data(random, batch, neurons);
            INDArray features = LayerCases.indices((int) labels.size(0));
            if (rarely(random)) {
                features.putScalar(
                        random.nextInt((int) labels.size(0)), 0, any(random, List.of(-1.0, 0.5, 1e9, Double.NaN)));
            }
            double[] labelsBefore = numbers(labels);
            double[] featuresBefore = numbers(features);
            List<INDArray> masks = new ArrayList<>();
            if (random.nextInt(4) == 0) {
                double[][] rows = new double[(int) labels.size(0)][(int) labels.size(1)];
                for (double[] row : rows) {
                    Arrays.setAll(row, n -> random.nextInt(3) == 0 ? 0 : 1);
                }
                masks.add(Nd4j.createFromArray(rows));
            }
            try {
                MultiLayerNetwork network = LayerCases.initialised(LayerCases.network(
                        new Adam(0.05), latents, output, rarely(random) ? DataType.FLOAT : DataType.DOUBLE));
                for (int i = 0; i < 3; i++) {
                    INDArray parameters = network.params().dup();
                    try {
                        network.fit(new DataSet(features, labels, null, masks.isEmpty() ? null : masks.get(0)));
                    } catch (RuntimeException refused) {
                        assertThat(numbers(network.params()))
                                .as("parameters after an error")
                                .containsExactly(numbers(parameters));
                        throw refused;
                    }
                    assertThat(network.score()).as("score").isNotNaN();
                }
                assertNoNaN("parameters", network.params());
                assertNoNaN("output", network.output(features));
            } finally {
                assertThat(numbers(labels)).as("labels").containsExactly(labelsBefore);
                assertThat(numbers(features)).as("features").containsExactly(featuresBefore);
            }
        });
    }

    /** Points of any size, also such that are none. */
    @Test
    void manifoldsMapPointsOrRefuse() {
        forCases(random -> {
            Manifold manifold = Manifold.parse(any(random, MANIFOLDS));
            double[] tangent = new double[manifold.dimension()];
            double scale = any(random, List.of(0.0, 1e-300, 1e-9, 1.0, 4.0, 50.0));
            Arrays.setAll(tangent, i -> scale * random.nextGaussian());
            double[] kept = tangent.clone();
            double[] mean = manifold.randomPoint(random);
            double[] meanKept = mean.clone();
            double[] point = manifold.move(mean, manifold.exponential(tangent));
            assertThat(point).doesNotContain(Double.NaN);
            assertThat(manifold.canonical(point)).doesNotContain(Double.NaN);
            assertThat(manifold.logarithm(manifold.relative(mean, point))).doesNotContain(Double.NaN);
            assertThat(manifold.distance(mean, point)).isGreaterThanOrEqualTo(0);
            TangentGaussian gaussian =
                    TangentGaussian.isotropic(manifold.dimension(), Math.exp(2 * random.nextGaussian() - 1));
            DensityGradient gradient = new DensityGradient(manifold.dimension());
            assertThat(manifold.logDensity(gaussian, tangent, manifold.defaultImages(), gradient))
                    .isNotNaN();
            assertThat(gradient.toTangent).doesNotContain(Double.NaN);
            assertThat(gradient.toFactor).doesNotContain(Double.NaN);
            assertThat(tangent).containsExactly(kept);
            assertThat(mean).containsExactly(meanKept);
            int count = size(random, 20);
            INDArray first = points(manifold, count, random);
            INDArray second = random.nextInt(5) == 0 ? first.dup() : points(manifold, size(random, 20), random);
            double[] firstKept = numbers(first);
            LatentAlignment alignment = LatentAlignment.of(manifold, first, second);
            assertNoNaN("aligned", alignment.aligned());
            assertNoNaN("errors", alignment.errors());
            assertThat(numbers(first)).containsExactly(firstKept);
        });
    }

    private static INDArray points(Manifold manifold, int count, SplittableRandom random) {
        boolean one = rarely(random);
        double[] same = manifold.randomPoint(random);
        double[][] points = new double[Math.max(1, count)][];
        Arrays.setAll(points, t -> one ? same.clone() : manifold.randomPoint(random));
        if (rarely(random)) {
            points[0][0] = any(random, List.of(Double.NaN, Double.POSITIVE_INFINITY, 1e200, 0.0));
        }
        return Nd4j.createFromArray(points);
    }
}
