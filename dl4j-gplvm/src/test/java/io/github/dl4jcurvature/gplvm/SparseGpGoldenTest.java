/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.flattened;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.matrix;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Bounds and all their derivatives against values of automatic differentiation, on five manifolds. */
class SparseGpGoldenTest {
    private static final double TOLERANCE = 1e-9;

    static Stream<Arguments> manifolds() {
        return GoldenCases.in("gplvm").matching("sparse_gp*").flatMap(recorded -> {
            if (!recorded.isPresent()) {
                return Stream.of(Arguments.of(recorded, "absent"));
            }
            Iterator<Map.Entry<String, JsonNode>> fields = recorded.json().fields();
            Stream.Builder<Arguments> arguments = Stream.builder();
            while (fields.hasNext()) {
                arguments.add(Arguments.of(recorded, fields.next().getKey()));
            }
            return arguments.build();
        });
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("manifolds")
    void samplesAndTuningAgree(GoldenCase golden, String name) {
        RecordedModel model = new RecordedModel(golden.json().get(name), name);
        assertClose(flattened(model.g), flattened(model.recordedPoints()), 1e-12, "g");
        double[][][] tuning = model.variational(Likelihood.GAUSSIAN, model.noises())
                .tuning(model.features, model.samples * model.times);
        assertClose(flattened(tuning[0]), model.recordedTuning("f_mean"), TOLERANCE, "means");
        assertClose(flattened(tuning[1]), model.recordedTuning("f_var"), TOLERANCE, "variances");
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("manifolds")
    void evidenceLowerBoundAndDerivativesAgree(GoldenCase golden, String name) {
        RecordedModel model = new RecordedModel(golden.json().get(name), name);
        VariationalBound bound = model.variational(Likelihood.GAUSSIAN, model.noises());
        double[] toPoints = new double[model.features.length];
        SparseGpGradient gradient = bound.evaluate(model.data, model.features, model.samples, 1, toPoints);
        bound.subtractDivergence(1, gradient);
        RecordedModel.Latents latents = model.backward(toPoints, true);
        assertThat(gradient.meanOverSamples()).isCloseTo(model.number("fit"), within(TOLERANCE * 100));
        assertThat(bound.divergence()).isCloseTo(model.number("kl_u"), within(TOLERANCE));
        assertThat(latents.divergence()).isCloseTo(model.number("kl_latent"), within(TOLERANCE * 10));
        model.assertGradient("grad_elbo", gradient, latents, true);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("manifolds")
    void poissonExpectationsAndDerivativesAgree(GoldenCase golden, String name) {
        RecordedModel model = new RecordedModel(golden.json().get(name), name);
        double[] c = vector(model.json.get("c"));
        double[] d = vector(model.json.get("d"));
        double[][] parameters = new double[c.length][];
        for (int n = 0; n < c.length; n++) {
            parameters[n] = new double[] {c[n], d[n]};
        }
        Observations counts = new Observations(matrix(model.json.get("Ycounts")), model.times);
        double[] toPoints = new double[model.features.length];
        SparseGpGradient gradient = model.variational(Likelihood.POISSON, parameters)
                .evaluate(counts, model.features, model.samples, 1, toPoints);
        double[] recorded = Arrays.stream(matrix(model.json.get("poisson_ve_per_SN")))
                .mapToDouble(row -> Arrays.stream(row).sum())
                .toArray();
        assertClose(gradient.perSample, recorded, TOLERANCE, "expectations");
        model.assertGradient("grad_poisson", gradient, model.backward(toPoints, false), false);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("manifolds")
    void collapsedBoundAndDerivativesAgree(GoldenCase golden, String name) {
        RecordedModel model = new RecordedModel(golden.json().get(name), name);
        double[] toPoints = new double[model.features.length];
        SparseGpGradient gradient = model.collapsed(1).evaluate(model.data, model.features, model.samples, 1, toPoints);
        double[] recorded = Arrays.stream(matrix(model.json.get("collapsed_per_SN")))
                .mapToDouble(row -> Arrays.stream(row).sum())
                .toArray();
        assertClose(gradient.perSample, recorded, TOLERANCE, "bounds");
        assertClose(
                model.collapsed(1).values(model.data, model.features, model.samples),
                recorded,
                TOLERANCE,
                "bounds alone");
        model.assertGradient("grad_mean_collapsed", gradient, model.backward(toPoints, false), true);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("manifolds")
    void bestPosteriorAgreesAndReachesTheCollapsedBound(GoldenCase golden, String name) {
        RecordedModel model = new RecordedModel(golden.json().get(name), name);
        JsonNode optimal = model.json.get("optimal_q");
        double[] first = model.featuresOfSample(0);
        var posteriors = model.collapsed(1).posteriors(model.data, first, 1);
        double[][] means = new double[posteriors.size()][];
        double[][] factors = new double[posteriors.size()][];
        for (int n = 0; n < posteriors.size(); n++) {
            means[n] = posteriors.get(n).mean();
            factors[n] = posteriors.get(n).factor();
            assertClose(means[n], matrix(optimal.get("mean"))[n], 1e-8, "mean of neuron " + n);
        }
        VariationalBound bound = model.variational(Likelihood.GAUSSIAN, model.noises(), means, factors);
        double fit = bound.evaluate(model.data, first, 1, 1, new double[first.length]).perSample[0];
        double recorded =
                Arrays.stream(vector(optimal.get("collapsed_sample0_per_N"))).sum();
        assertThat(fit - bound.divergence()).isCloseTo(recorded, within(1e-9 * Math.abs(recorded)));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("manifolds")
    void resultsDoNotDependOnTheNumberOfThreads(GoldenCase golden, String name) {
        RecordedModel model = new RecordedModel(golden.json().get(name), name);
        double[] one = new double[model.features.length];
        double[] three = new double[model.features.length];
        SparseGpGradient a = model.collapsed(1).evaluate(model.data, model.features, model.samples, 1, one);
        SparseGpGradient b = model.collapsed(3).evaluate(model.data, model.features, model.samples, 1, three);
        assertThat(three).isEqualTo(one);
        assertThat(b.kernels.get(0).inducing).isEqualTo(a.kernels.get(0).inducing);
    }
}
