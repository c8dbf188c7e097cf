/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.nd4j.shade.jackson.databind.JsonNode;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.cube;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.flattened;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.matrix;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.vector;

/** A recorded model with the samples of its latents. */
final class RecordedModel {
    final JsonNode json;
    final Manifold manifold;
    final int times;
    final int samples;
    final Observations data;
    final double[][] g; // [S T, e]
    final double[][] x; // [S T, d]
    final double[] features;
    private final JsonNode parameters;
    private final double[][] mu;
    private final double[][][] factors;
    private final double[][][] noise;
    private final List<InducingKernel> kernels = new ArrayList<>();
    private final double[][][] z;

    RecordedModel(JsonNode json, String name) {
        this.json = json;
        manifold = Manifold.parse(name);
        parameters = json.get("params");
        times = json.get("T").intValue();
        samples = json.get("S").intValue();
        data = new Observations(matrix(json.get("Y")), times);
        mu = matrix(parameters.get("mu"));
        factors = cube(parameters.get("L"));
        noise = cube(json.get("eps"));
        z = cube(parameters.get("z"));
        for (int n = 0; n < z.length; n++) {
            kernels.add(kernel(
                    n,
                    Arrays.stream(z[n]).map(manifold::project).toArray(double[][]::new),
                    json.get("jitter").doubleValue()));
        }
        g = new double[samples * times][];
        x = new double[samples * times][];
        for (int s = 0; s < samples; s++) {
            for (int t = 0; t < times; t++) {
                double[] tangent = gaussian(t).sample(noise[s][t]);
                x[s * times + t] = tangent;
                g[s * times + t] = manifold.move(manifold.project(mu[t]), manifold.exponential(tangent));
            }
        }
        features = features(g);
    }

    /** The kernel of a neuron with other inducing points. */
    InducingKernel kernel(int n, double[][] inducing, double jitter) {
        return new InducingKernel(
                "neuron " + n,
                manifold,
                new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, jitter),
                inducing,
                parameters.get("var").get(n).doubleValue(),
                vector(parameters.get("ell").get(n)));
    }

    private TangentGaussian gaussian(int t) {
        return new TangentGaussian(manifold.dimension(), flattened(factors[t]));
    }

    private double[] features(double[][] points) {
        double[] result = new double[manifold.featureSize() * points.length];
        for (int p = 0; p < points.length; p++) {
            manifold.features(points[p], result, p, points.length);
        }
        return result;
    }

    double[][] pointsOfSample(int s) {
        return Arrays.copyOfRange(g, s * times, (s + 1) * times);
    }

    double[] featuresOfSample(int s) {
        return features(pointsOfSample(s));
    }

    Observations neuron(int n) {
        return data.ofNeurons(new int[] {n});
    }

    /** Recorded [S, T, ...] as [S T, ...]. */
    double[][] ofSamples(String key) {
        return Arrays.stream(cube(json.get(key))).flatMap(Arrays::stream).toArray(double[][]::new);
    }

    /** Recorded [S, N, T] as [N, S T]. */
    double[] recordedTuning(String key) {
        double[][][] recorded = cube(json.get(key));
        double[][] result = new double[data.neurons()][samples * times];
        for (int s = 0; s < samples; s++) {
            for (int n = 0; n < data.neurons(); n++) {
                System.arraycopy(recorded[s][n], 0, result[n], s * times, times);
            }
        }
        return flattened(result);
    }

    double number(String key) {
        return json.get(key).doubleValue();
    }

    double[][] noises() {
        return Arrays.stream(vector(parameters.get("sig")))
                .mapToObj(sigma -> new double[] {sigma})
                .toArray(double[][]::new);
    }

    VariationalBound variational(Likelihood likelihood, double[][] likelihoodParameters) {
        double[][] qFactors = Arrays.stream(cube(parameters.get("qL")))
                .map(GoldenArrays::flattened)
                .toArray(double[][]::new);
        return variational(likelihood, likelihoodParameters, matrix(parameters.get("qmu")), qFactors);
    }

    VariationalBound variational(
            Likelihood likelihood, double[][] likelihoodParameters, double[][] means, double[][] qFactors) {
        return new VariationalBound(kernels, likelihood, 1, likelihoodParameters, means, qFactors, new Partition(1));
    }

    CollapsedBound collapsed(int threads) {
        return new CollapsedBound(kernels, vector(parameters.get("sig")), new Partition(threads));
    }

    /**
     * What goes back to the latents.
     *
     * @param divergence mean over samples of log q - log p, summed over times
     */
    @SuppressWarnings("ArrayRecordComponent") // compared entry by entry
    record Latents(double divergence, double[][] mu, double[][] factors) {}

    Latents backward(double[] toFeatures, boolean withDivergence) {
        int d = manifold.dimension();
        double[][] toMu = new double[times][manifold.embeddingSize()];
        double[][] toFactors = new double[times][d * d];
        double divergence = 0;
        for (int t = 0; t < times; t++) {
            LatentPoint latent = new LatentPoint(
                    manifold, mu[t], gaussian(t), json.get("kmax").intValue());
            for (int s = 0; s < samples; s++) {
                LatentSample sample = latent.sample(noise[s][t]);
                double[] toPoint = new double[manifold.embeddingSize()];
                manifold.featuresBackward(g[s * times + t], toFeatures, s * times + t, samples * times, toPoint);
                double weight = withDivergence ? 1.0 / samples : 0;
                IndependentPrior prior = new IndependentPrior(manifold, Double.POSITIVE_INFINITY);
                divergence += (sample.logDensity() - prior.logDensity(sample.point())) / samples;
                prior.backward(sample.point(), weight, toPoint);
                latent.backward(sample, toPoint, -weight, toMu[t], toFactors[t]);
            }
        }
        return new Latents(divergence, toMu, toFactors);
    }

    void assertGradient(String key, SparseGpGradient gradient, Latents latents, boolean withNoise) {
        JsonNode recorded = json.get(key);
        double tolerance = 1e-9;
        assertClose(flattened(latents.mu()), flattened(matrix(recorded.get("mu"))), tolerance, "mu");
        assertClose(lower(latents.factors(), manifold.dimension()), lower(cube(recorded.get("L"))), tolerance, "L");
        for (int n = 0; n < data.neurons(); n++) {
            InducingKernelGradient kernel = gradient.kernels.get(n);
            assertClose(
                    new double[] {kernel.variance},
                    new double[] {recorded.get("var").get(n).doubleValue()},
                    tolerance,
                    "variance");
            assertClose(kernel.lengthScales, vector(recorded.get("ell").get(n)), tolerance, "length scale");
            double[][] toZ = new double[z[n].length][manifold.embeddingSize()];
            for (int i = 0; i < z[n].length; i++) {
                double[] point = manifold.project(z[n][i]);
                double[] cotangent = new double[point.length];
                manifold.featuresBackward(point, kernel.inducing, i * manifold.featureSize(), 1, cotangent);
                manifold.projectBackward(z[n][i], cotangent, toZ[i]);
            }
            assertClose(flattened(toZ), flattened(matrix(recorded.get("z").get(n))), tolerance, "inducing points");
            if (withNoise) {
                assertClose(
                        gradient.likelihood[n],
                        new double[] {recorded.get("sig").get(n).doubleValue()},
                        tolerance,
                        "noise");
            }
            if (recorded.has("qmu")) {
                assertClose(gradient.mean[n], vector(recorded.get("qmu").get(n)), tolerance, "q mean");
                assertClose(
                        lower(new double[][] {gradient.factor[n]}, z[n].length),
                        lower(new double[][][] {matrix(recorded.get("qL").get(n))}),
                        tolerance,
                        "q factor");
            }
        }
    }

    private static double[] lower(double[][][] matrices) {
        return lower(Arrays.stream(matrices).map(GoldenArrays::flattened).toArray(double[][]::new), matrices[0].length);
    }

    private static double[] lower(double[][] matrices, int order) {
        return Arrays.stream(matrices)
                .flatMapToDouble(matrix -> {
                    double[] kept = matrix.clone();
                    for (int i = 0; i < order; i++) {
                        for (int j = i + 1; j < order; j++) {
                            kept[i * order + j] = 0;
                        }
                    }
                    return Arrays.stream(kept);
                })
                .toArray();
    }
}
