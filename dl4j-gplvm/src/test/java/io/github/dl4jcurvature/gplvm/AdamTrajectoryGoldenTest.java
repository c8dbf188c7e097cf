/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.shade.jackson.databind.JsonNode;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.cube;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.flattened;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.matrix;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Steps of the host's Adam on all parameters with recorded noise; the host puts epsilon at another place. */
class AdamTrajectoryGoldenTest {
    private static final double TOLERANCE = 1e-5;

    static Stream<GoldenCase> trajectories() {
        return GoldenCases.in("gplvm").matching("adam_trajectory*");
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void lossesAndFinalParametersAgree(GoldenCase recorded) {
        JsonNode json = recorded.json();
        Manifold manifold = Manifold.parse(json.get("manifold").textValue());
        Observations data =
                new Observations(matrix(json.get("Y")), json.get("T").intValue());
        int inducing = json.get("M").intValue();
        SparseGpModel model = new SparseGpModel(
                manifold,
                data.neurons(),
                inducing,
                new KernelSettings(
                        KernelFamily.SQUARED_EXPONENTIAL,
                        false,
                        json.get("jitter").doubleValue()),
                false,
                Likelihood.GAUSSIAN,
                1,
                false);
        LatentModel latents = new LatentModel(
                manifold,
                new FactorParameters(manifold, TangentCovariance.FULL, 0),
                json.get("kmax").intValue(),
                LatentPrior.UNIFORM);
        double[][] means = matrix(json.get("init").get("mu"));
        double[][] factors = matrix(json.get("init").get("logsd"));
        SparseGpParameters raw = parameters(json.get("init"), inducing);
        int[] times = new int[data.times()];
        Arrays.setAll(times, t -> t);
        List<double[][]> blocks = blocks(means, factors, raw);
        int size = blocks.stream()
                .flatMap(Arrays::stream)
                .mapToInt(row -> row.length)
                .sum();
        GradientUpdater<?> adam =
                new Adam(json.get("lr").doubleValue()).instantiate(Nd4j.zeros(DataType.DOUBLE, 1, 2L * size), true);
        for (int step = 0; step < json.get("eps").size(); step++) {
            double[][][] noise = cube(json.get("eps").get(step)); // [S, T, d]
            LatentNoise replayed = (time, samples, dimension) ->
                    Arrays.stream(noise).map(sample -> sample[time]).toArray(double[][]::new);
            LatentDraw draw =
                    latents.draw(means, factors, new double[0], times, replayed, noise.length, new Partition(2));
            SparseGpModel.Result result = model.evaluate(raw, data, LatentInference.points(draw), 1, 1, 1);
            LatentDraw.Gradient gradient = draw.backward(result.toPoints(), -1, true);
            double loss = -result.meanOverSamples() + result.divergence() + draw.divergence(true);
            double expected = json.get("trajectory").get(step).get("loss").doubleValue();
            assertThat(loss).as("loss of step %d", step).isCloseTo(expected, within(TOLERANCE * expected));
            List<double[][]> ascent = blocks(gradient.rawMeans(), gradient.rawFactors(), result.gradient());
            INDArray update = Nd4j.createFromArray(flat(ascent)).neg().reshape(1, size);
            adam.applyUpdater(update, step, 0);
            subtract(update.data().asDouble(), blocks);
        }
        JsonNode last = json.get("final");
        assertClose(flattened(means), flattened(matrix(last.get("mu"))), TOLERANCE, "mu");
        assertClose(flattened(factors), flattened(matrix(last.get("logsd"))), TOLERANCE, "logsd");
        SparseGpParameters end = parameters(last, inducing);
        assertClose(flattened(raw.inducing()), flattened(end.inducing()), TOLERANCE, "z");
        assertClose(flattened(raw.variance()), flattened(end.variance()), TOLERANCE, "variance");
        assertClose(flattened(raw.lengthScales()), flattened(end.lengthScales()), TOLERANCE, "length scale");
        assertClose(flattened(raw.likelihood()), flattened(end.likelihood()), TOLERANCE, "noise");
        assertClose(flattened(raw.mean()), flattened(end.mean()), TOLERANCE, "posterior mean");
        assertClose(flattened(raw.factor()), flattened(end.factor()), TOLERANCE, "posterior factor");
    }

    private static SparseGpParameters parameters(JsonNode json, int inducing) {
        double[][][] z = cube(json.get("z"));
        double[][][] packed = cube(json.get("qLraw"));
        double[][] factors = new double[packed.length][inducing * (inducing + 1) / 2];
        for (int n = 0; n < packed.length; n++) {
            int at = 0;
            for (int i = 0; i < inducing; i++) {
                for (int j = 0; j <= i; j++) {
                    factors[n][at++] = packed[n][i][j];
                }
            }
        }
        return new SparseGpParameters(
                Arrays.stream(z).map(GoldenArrays::flattened).toArray(double[][]::new),
                matrix(json.get("rell")),
                column(json.get("rvar")),
                column(json.get("lsig")),
                matrix(json.get("qmu")),
                factors);
    }

    private static double[][] column(JsonNode values) {
        return Arrays.stream(vector(values))
                .mapToObj(value -> new double[] {value})
                .toArray(double[][]::new);
    }

    private static List<double[][]> blocks(double[][] means, double[][] factors, SparseGpParameters raw) {
        return new ArrayList<>(List.of(
                means,
                factors,
                raw.inducing(),
                raw.lengthScales(),
                raw.variance(),
                raw.likelihood(),
                raw.mean(),
                raw.factor()));
    }

    private static double[] flat(List<double[][]> blocks) {
        return blocks.stream()
                .flatMap(Arrays::stream)
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    private static void subtract(double[] step, List<double[][]> blocks) {
        int at = 0;
        for (double[][] block : blocks) {
            for (double[] row : block) {
                for (int i = 0; i < row.length; i++) {
                    row[i] -= step[at++];
                }
            }
        }
    }
}
