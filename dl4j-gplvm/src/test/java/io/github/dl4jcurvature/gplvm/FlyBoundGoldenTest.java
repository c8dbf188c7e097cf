/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.DataDirectory;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The bound on real recordings at published parameters, of every neuron. */
class FlyBoundGoldenTest {

    static Stream<GoldenCase> published() {
        return GoldenCases.in("gplvm").matching("julia_fly_params_check*");
    }

    private static double[][] rows(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.isBlank())
                    .map(line -> Arrays.stream(line.trim().split("[,\\s]+"))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toArray(double[][]::new);
        }
    }

    @ParameterizedTest
    @MethodSource("published")
    void boundsAgree(GoldenCase recorded) throws IOException {
        JsonNode json = recorded.json();
        Path directory = DataDirectory.require("fly");
        double[][] values = rows(directory.resolve("fly1_trial1_light_Y.tsv"));
        Observations data = new Observations(values, values[0].length);
        for (Iterator<Map.Entry<String, JsonNode>> it = json.fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = it.next();
            Manifold manifold = entry.getKey().endsWith("torus") ? Manifold.circle() : Manifold.euclidean(1);
            String prefix = "julia_fly_" + entry.getKey() + "_";
            double[][] hyper = rows(directory.resolve(prefix + "alpha_l_sigma.csv"));
            double[][] z = rows(directory.resolve(prefix + "z.csv"));
            double[][] mu = rows(directory.resolve(prefix + "mu.csv"));
            double[] features = new double[manifold.featureSize() * mu.length];
            for (int t = 0; t < mu.length; t++) {
                manifold.features(mu[t], features, t, mu.length);
            }
            List<InducingKernel> kernels = new ArrayList<>();
            double total = 0;
            for (int n = 0; n < values.length; n++) {
                double[][] points = Arrays.stream(z[n])
                        .mapToObj(value -> new double[] {value})
                        .toArray(double[][]::new);
                InducingKernel kernel = new InducingKernel(
                        "neuron " + n,
                        manifold,
                        new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, 1e-6),
                        points,
                        hyper[0][n],
                        new double[] {hyper[1][n]});
                kernels.add(kernel);
                double own = new CollapsedBound(List.of(kernel), new double[] {hyper[2][n]}, new Partition(1))
                        .values(data.ofNeurons(new int[] {n}), features, 1)[0];
                double expected = entry.getValue()
                        .get("collapsed_at_means_per_neuron_jit1e6")
                        .get(n)
                        .doubleValue();
                assertThat(own).as("neuron %d", n).isCloseTo(expected, within(1e-8 * Math.abs(expected)));
                total += own;
            }
            double expected = entry.getValue().get("collapsed_at_means_jit1e6").doubleValue();
            assertThat(total).isCloseTo(expected, within(1e-8 * expected));
            assertThat(new CollapsedBound(kernels, hyper[2], new Partition(2)).values(data, features, 1)[0])
                    .isCloseTo(expected, within(1e-8 * expected));
        }
    }
}
