/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
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
    private static final double IDENTITY = 1e-14;
    private static final double GAP = 2.2e-8; // of the recorded values, by their jitter

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
        assertClose(flattened(model.x), flattened(model.ofSamples("x")), 1e-12, "x");
        assertClose(flattened(model.g), flattened(model.ofSamples("g")), 1e-12, "g");
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
        double fit = gradient.meanOverSamples();
        assertThat(fit).isCloseTo(model.number("fit"), within(TOLERANCE));
        assertThat(bound.divergence()).isCloseTo(model.number("kl_u"), within(TOLERANCE));
        assertThat(latents.divergence()).isCloseTo(model.number("kl_latent"), within(TOLERANCE));
        assertThat(fit - bound.divergence() - latents.divergence()).isCloseTo(model.number("elbo"), within(TOLERANCE));
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
            assertClose(means[n], matrix(optimal.get("mean"))[n], TOLERANCE, "mean of neuron " + n);
            assertClose(
                    square(factors[n]),
                    flattened(matrix(optimal.get("cov").get(n))),
                    TOLERANCE,
                    "covariance of neuron " + n);
        }
        VariationalBound bound = model.variational(Likelihood.GAUSSIAN, model.noises(), means, factors);
        double fit = bound.evaluate(model.data, first, 1, 1, new double[first.length]).perSample[0];
        double recorded =
                Arrays.stream(vector(optimal.get("collapsed_sample0_per_N"))).sum();
        double direct = model.collapsed(1).values(model.data, first, 1)[0];
        assertThat(fit - bound.divergence()).isCloseTo(recorded, within(TOLERANCE));
        assertThat(Arrays.stream(vector(optimal.get("uncollapsed_per_N"))).sum())
                .isCloseTo(recorded, within(1e-14 * Math.abs(recorded)));
        assertThat(fit - bound.divergence()).isCloseTo(direct, within(IDENTITY * Math.abs(direct)));
    }

    /** \(C C^\top\). */
    private static double[] square(double[] factor) {
        int m = (int) Math.sqrt(factor.length);
        double[] product = new double[m * m];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < m; j++) {
                for (int k = 0; k < m; k++) {
                    product[i * m + j] += factor[i * m + k] * factor[j * m + k];
                }
            }
        }
        return product;
    }

    /** Inducing points at all inputs, with a jitter of 1e-9, as recorded; the marginal likelihood by a solver of another library. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("manifolds")
    void withInducingPointsAtAllInputsTheCollapsedBoundIsTheMarginalLikelihood(GoldenCase golden, String name) {
        RecordedModel model = new RecordedModel(golden.json().get(name), name);
        double[] exact = vector(model.json.get("exact_gp_logml_sample0"));
        double[] collapsed = vector(model.json.get("collapsed_with_Z_equal_X"));
        double[][] inputs = model.pointsOfSample(0);
        for (int n = 0; n < exact.length; n++) {
            InducingKernel kernel = model.kernel(n, inputs, 1e-9);
            double noise = model.noises()[n][0];
            double bound = new CollapsedBound(List.of(kernel), new double[] {noise}, new Partition(1))
                    .values(model.neuron(n), model.featuresOfSample(0), 1)[0];
            double marginal = ExactProcess.logMarginal(
                    kernel.matrix(), noise, model.neuron(n).values()[0]);
            assertThat(marginal).isCloseTo(exact[n], within(TOLERANCE));
            assertThat(bound).isCloseTo(collapsed[n], within(TOLERANCE));
            assertThat(bound).isLessThan(marginal).isCloseTo(marginal, within(GAP));
        }
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
