/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.List;

import io.github.dl4jcurvature.testkit.Fuzz;
import io.github.dl4jcurvature.testkit.FuzzCase;
import io.github.dl4jcurvature.testkit.FuzzModel;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

import static io.github.dl4jcurvature.testkit.FuzzCase.assertNoNaN;
import static io.github.dl4jcurvature.testkit.FuzzCase.numbers;
import static org.assertj.core.api.Assertions.assertThat;

/** Random manifolds, models, options and data: results have no NaN, or a refusal says why not and leaves the network as it was. */
class GplvmFuzzTest {
    private static final int CASES = 100;
    private static final List<String> MANIFOLDS =
            List.of("R1", "R2", "T1", "T2", "S1", "S2", "S3", "SO3", "T1xR1", "S2xT1", "SO3xR1");

    private static Manifold manifold(FuzzCase drawn) {
        return Manifold.parse(MANIFOLDS.get(drawn.random().nextInt(MANIFOLDS.size())));
    }

    /** At least as large as what is compared with it, except in one case of twelve. */
    private static int size(FuzzCase drawn, int least, int more) {
        return drawn.rarely()
                ? drawn.size(least + more)
                : least + drawn.random().nextInt(more);
    }

    /** Noise, constants, copies, huge, tiny, counts, with holes, with what cannot be observed, in one case of 144 no rows. */
    private static INDArray data(FuzzCase drawn, Likelihood likelihood, int times, int neurons) {
        double[][] values = new double[Math.max(times, 1)][Math.max(neurons, 1)];
        int kind = likelihood.isCount() && !drawn.rarely()
                ? drawn.random().nextInt(5)
                : drawn.random().nextInt(9);
        double scale = drawn.any(1.0, 1.0, 1.0, 10.0, 1e6, 1e150, 1e-6, 1e-200);
        double holes = drawn.any(0.0, 0.0, 0.0, 0.1, 0.1, 0.6);
        for (double[] row : values) {
            for (int n = 0; n < row.length; n++) {
                row[n] = switch (kind) {
                    case 0 -> 0;
                    case 1 -> scale;
                    case 2 -> scale * n;
                    case 3 -> drawn.random().nextInt(5);
                    case 4 -> drawn.random().nextInt(3) == 0 ? drawn.random().nextInt(1000) : 0;
                    default -> scale * drawn.random().nextGaussian();
                };
                if (drawn.random().nextDouble() < holes) {
                    row[n] = Double.NaN;
                }
            }
        }
        if (drawn.rarely()) {
            double[] row = values[drawn.random().nextInt(values.length)];
            row[drawn.random().nextInt(row.length)] =
                    drawn.any(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.0, 0.5);
        }
        if (drawn.hardlyEver()) {
            return Nd4j.create(DataType.DOUBLE, 0, values[0].length);
        }
        DataType type = drawn.rarely() ? DataType.FLOAT : DataType.DOUBLE;
        return drawn.watch(drawn.stored(Nd4j.createFromArray(values).castTo(type)));
    }

    private static ManifoldGplvm model(FuzzCase drawn, Manifold manifold, Likelihood likelihood) {
        ManifoldGplvm.Builder builder = ManifoldGplvm.builder(manifold)
                .inducing(drawn.size(5))
                .samples(drawn.size(3))
                .iterations(drawn.size(6))
                .burnIn(drawn.random().nextInt(4) - (drawn.hardlyEver() ? 1 : 0))
                .restarts(drawn.size(2))
                .reassignments(drawn.random().nextInt(3) - (drawn.rarely() ? 1 : 0))
                .learningRate(drawn.positive(0.05))
                .rateDecay(drawn.flip())
                .seed(drawn.random().nextLong())
                .sharedKernel(drawn.flip())
                .ard(drawn.flip())
                .likelihood(likelihood)
                .kernel(drawn.any(KernelFamily.values()))
                .prior(drawn.any(LatentPrior.values()))
                .covariance(drawn.any(TangentCovariance.values()))
                .binWidth(drawn.positive(1))
                .initialLengthScale(drawn.positive(1))
                .threads(drawn.width(2));
        if (drawn.random().nextInt(4) == 0) {
            builder.refinedInducing(drawn.size(8));
        }
        return builder.build();
    }

    @Test
    void fitsAreFiniteOrRefused() {
        Fuzz.forCases("latent variable models", CASES, drawn -> {
            Manifold manifold = manifold(drawn);
            Likelihood likelihood = drawn.any(Likelihood.values());
            INDArray data = data(drawn, likelihood, size(drawn, 5, 6), size(drawn, 2, 4));
            INDArray later = data(drawn, likelihood, drawn.size(4), (int) data.size(1));
            FittedGplvm fitted = model(drawn, manifold, likelihood).fit(data);
            double[] parameters = numbers(fitted.network().params());
            try {
                assertResults(drawn, fitted, later);
            } finally {
                assertThat(numbers(fitted.network().params()))
                        .as("parameters after questions")
                        .containsExactly(parameters);
            }
        });
    }

    private static void assertResults(FuzzCase drawn, FittedGplvm fitted, INDArray later) {
        assertThat(fitted.evidencePerTime()).as("evidence").isNotNaN();
        assertNoNaN("means", fitted.latents().means());
        assertNoNaN("deviations", fitted.latents().deviations());
        TuningCurves curves = fitted.tuningCurves(fitted.manifold().grid(4));
        assertNoNaN("tuning", curves.mean());
        assertNoNaN("deviation of tuning", curves.deviation());
        assertNoNaN("observed", curves.observed());
        assertThat(fitted.importanceWeightedLogLikelihood(3, 1))
                .as("weighted likelihood")
                .isNotNaN();
        LatentEstimate inferred = fitted.infer(later, drawn.any(HeldOutStart.values()));
        assertNoNaN("new latents", inferred.means());
        assertNoNaN("predicted", fitted.predict(inferred));
    }

    private static ManifoldLatentLayer latents(FuzzCase drawn, Manifold manifold, int times, int burnIn) {
        return new ManifoldLatentLayer.Builder(manifold)
                .timePoints(times)
                .samples(drawn.size(3))
                .burnIn(burnIn)
                .covariance(drawn.any(TangentCovariance.values()))
                .prior(drawn.any(LatentPrior.values()))
                .smallestDeviation(drawn.rarely() ? drawn.positive(1) : 0.01)
                .initialDeviation(drawn.positive(0.4))
                .images(drawn.random().nextInt(4))
                .fixedNoise(drawn.flip())
                .threads(drawn.random().nextInt(3))
                .build();
    }

    private static SparseGpOutputLayer neurons(
            FuzzCase drawn, Manifold manifold, int times, int burnIn, int neurons, Likelihood likelihood) {
        return new SparseGpOutputLayer.Builder(manifold)
                .nOut(neurons)
                .timePoints(times)
                .inducing(drawn.size(4))
                .burnIn(burnIn)
                .likelihood(likelihood)
                .kernel(drawn.any(KernelFamily.values()))
                .sharedKernel(drawn.flip())
                .ard(drawn.flip())
                .collapsed(likelihood.isCount() ? drawn.hardlyEver() : drawn.flip())
                .jitter(drawn.rarely() ? drawn.positive(1) : 1e-6)
                .binWidth(drawn.positive(1))
                .initialLengthScale(drawn.positive(1))
                .initialVariance(drawn.positive(1))
                .initialNoise(drawn.positive(1))
                .threads(drawn.random().nextInt(3))
                .build();
    }

    private static MultiLayerNetwork network(FuzzCase drawn, Likelihood likelihood, int times, int neurons) {
        Manifold manifold = manifold(drawn);
        int burnIn = drawn.random().nextInt(3);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(drawn.random().nextInt(1000))
                .dataType(drawn.rarely() ? DataType.FLOAT : DataType.DOUBLE)
                .miniBatch(!drawn.rarely())
                .updater(new Adam(0.05))
                .list(
                        latents(drawn, manifold, times, burnIn),
                        neurons(drawn, manifold, times, burnIn, neurons, likelihood))
                .setInputType(InputType.feedForward(1))
                .build());
        network.init();
        return network;
    }

    private static INDArray indices(FuzzCase drawn, int times) {
        INDArray indices = Nd4j.create(DataType.DOUBLE, times, 1);
        for (int t = 0; t < times; t++) {
            indices.putScalar(t, t);
        }
        if (times > 0 && drawn.rarely()) {
            indices.putScalar(drawn.random().nextInt(times), drawn.any(-1.0, 0.5, 1e9, Double.NaN));
        }
        return times > 0 ? drawn.watch(drawn.stored(indices)) : indices;
    }

    private static @Nullable INDArray mask(FuzzCase drawn, INDArray labels) {
        if (labels.isEmpty() || drawn.random().nextInt(4) > 0) {
            return null;
        }
        INDArray mask = Nd4j.zeros(
                DataType.DOUBLE,
                labels.size(0) + (drawn.hardlyEver() ? 1 : 0),
                drawn.rarely() ? drawn.width(2) : labels.size(1));
        for (long i = 0; i < mask.length(); i++) {
            mask.putScalar(i, drawn.random().nextInt(3) == 0 ? 0 : 1);
        }
        return drawn.watch(drawn.stored(mask));
    }

    @Test
    void layersTrainOrRefuse() {
        Fuzz.forCases("layers of latent variable models", CASES, drawn -> {
            Likelihood likelihood = drawn.any(Likelihood.values());
            int times = size(drawn, 4, 5);
            int neurons = drawn.size(4);
            MultiLayerNetwork network = network(drawn, likelihood, times, neurons);
            INDArray labels = data(drawn, likelihood, drawn.random().nextInt(3) > 0 ? times : drawn.width(9), neurons);
            INDArray features = indices(drawn, (int) labels.size(0));
            DataSet data = new DataSet(features, labels, null, mask(drawn, labels));
            for (int step = 0; step < 3; step++) {
                FuzzModel.fit(network, data);
                assertThat(network.score()).as("score").isNotNaN();
            }
            assertNoNaN("output", network.output(features));
        });
    }

    /** Points of any size, also such that are none. */
    @Test
    void manifoldsMapPointsOrRefuse() {
        Fuzz.forCases("manifolds", CASES, drawn -> {
            Manifold manifold = manifold(drawn);
            double scale = drawn.any(0.0, 1e-300, 1e-9, 1.0, 4.0, 50.0);
            double[] tangent = new double[manifold.dimension()];
            Arrays.setAll(tangent, i -> scale * drawn.random().nextGaussian());
            double[] mean = manifold.randomPoint(drawn.random());
            double[] tangentKept = tangent.clone();
            double[] meanKept = mean.clone();
            try {
                assertMoves(manifold, mean, tangent);
                assertDensity(drawn, manifold, tangent);
            } finally {
                assertThat(tangent).as("tangent vector").containsExactly(tangentKept);
                assertThat(mean).as("point").containsExactly(meanKept);
            }
            int count = drawn.size(20);
            INDArray first = points(drawn, manifold, count);
            INDArray second = drawn.random().nextInt(5) == 0
                    ? drawn.watch(first.dup())
                    : points(drawn, manifold, drawn.rarely() ? drawn.size(20) : count);
            LatentAlignment alignment = LatentAlignment.of(manifold, first, second);
            assertNoNaN("aligned", alignment.aligned());
            assertNoNaN("errors", alignment.errors());
        });
    }

    private static void assertMoves(Manifold manifold, double[] mean, double[] tangent) {
        double[] point = manifold.move(mean, manifold.exponential(tangent));
        assertThat(point).doesNotContain(Double.NaN);
        assertThat(manifold.canonical(point)).doesNotContain(Double.NaN);
        assertThat(manifold.logarithm(manifold.relative(mean, point))).doesNotContain(Double.NaN);
        assertThat(manifold.distance(mean, point)).isGreaterThanOrEqualTo(0);
    }

    private static void assertDensity(FuzzCase drawn, Manifold manifold, double[] tangent) {
        TangentGaussian gaussian = TangentGaussian.isotropic(
                manifold.dimension(), Math.exp(2 * drawn.random().nextGaussian() - 1));
        DensityGradient gradient = new DensityGradient(manifold.dimension());
        assertThat(manifold.logDensity(gaussian, tangent, manifold.defaultImages(), gradient))
                .isNotNaN();
        assertThat(gradient.toTangent).doesNotContain(Double.NaN);
        assertThat(gradient.toFactor).doesNotContain(Double.NaN);
    }

    private static INDArray points(FuzzCase drawn, Manifold manifold, int count) {
        boolean one = drawn.rarely();
        double[] same = manifold.randomPoint(drawn.random());
        double[][] points = new double[Math.max(1, count)][];
        Arrays.setAll(points, t -> one ? same.clone() : manifold.randomPoint(drawn.random()));
        if (drawn.rarely()) {
            points[0][0] = drawn.any(Double.NaN, Double.POSITIVE_INFINITY, 1e200, 0.0);
        }
        return drawn.watch(drawn.stored(Nd4j.createFromArray(points)));
    }
}
