/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.cube;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.flattened;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.matrix;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Kernels, maps and densities against values of automatic differentiation. */
class ManifoldGoldenTest {
    private static final double ROUNDING = 1e-12;
    private static final int RING = 60;

    static Stream<GoldenCase> kernels() {
        return GoldenCases.in("gplvm").matching("kernels*");
    }

    static Stream<GoldenCase> maps() {
        return GoldenCases.in("gplvm").matching("expmaps*");
    }

    static Stream<GoldenCase> densities() {
        return GoldenCases.in("gplvm").matching("logq_entropy*");
    }

    private static InducingKernel kernel(Manifold manifold, double[][] z, double variance, double... lengthScales) {
        boolean ard = lengthScales.length > 1 && manifold.factors().size() == 1;
        KernelSettings settings = new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, ard, 1e-6);
        return new InducingKernel("test", manifold, settings, z, variance, lengthScales);
    }

    private static double[] features(Manifold manifold, double[][] points) {
        double[] features = new double[manifold.featureSize() * points.length];
        for (int p = 0; p < points.length; p++) {
            manifold.features(points[p], features, p, points.length);
        }
        return features;
    }

    /** Rows of recorded kernels are points, ours inducing points. */
    private static double[] transposed(JsonNode recorded) {
        double[][] rows = matrix(recorded);
        double[] result = new double[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[0].length; j++) {
                result[j * rows.length + i] = rows[i][j];
            }
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void kernelsAndTheirDerivativesAgree(GoldenCase recorded) {
        for (Iterator<Map.Entry<String, JsonNode>> it = recorded.json().fields(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = it.next();
            JsonNode values = entry.getValue();
            if (!values.has("grad_a_of_sum_W_K")) {
                continue;
            }
            Manifold manifold = Manifold.parse(entry.getKey());
            double[][] a = matrix(values.get("a"));
            double[][] b = matrix(values.get("b"));
            InducingKernel kernel = kernel(
                    manifold,
                    b,
                    values.get("var").doubleValue(),
                    values.get("ell").doubleValue());
            double[] points = features(manifold, a);
            double[] k = new double[a.length * b.length];
            double[] slope = new double[k.length];
            KernelBuffers buffers = new KernelBuffers(a.length);
            kernel.cross(points, a.length, 0, a.length, k, slope, buffers);
            assertClose(k, transposed(values.get("K")), ROUNDING, entry.getKey());

            double[] toPoints = new double[points.length];
            double[] weights = transposed(values.get("weights"));
            kernel.crossBackward(
                    points, a.length, 0, a.length, k, slope, weights, kernel.newGradient(), toPoints, buffers);
            double[][] gradient = new double[a.length][manifold.embeddingSize()];
            for (int p = 0; p < a.length; p++) {
                manifold.featuresBackward(a[p], toPoints, p, a.length, gradient[p]);
            }
            assertClose(
                    flattened(gradient),
                    flattened(matrix(values.get("grad_a_of_sum_W_K"))),
                    ROUNDING,
                    entry.getKey() + " derivative");
            InducingKernel unit = kernel(manifold, b, 1, 1);
            double[] distances = new double[k.length];
            unit.cross(points, a.length, 0, a.length, distances, slope, new KernelBuffers(a.length));
            Arrays.setAll(distances, i -> -2 * Math.log(distances[i]));
            assertClose(distances, transposed(values.get("sqdist_ell1")), ROUNDING, entry.getKey() + " distances");
            if (values.has("K_ard")) {
                InducingKernel ard =
                        kernel(manifold, b, values.get("var").doubleValue(), vector(values.get("ell_ard")));
                ard.cross(points, a.length, 0, a.length, k, slope, new KernelBuffers(a.length));
                assertClose(k, transposed(values.get("K_ard")), ROUNDING, entry.getKey() + " ard");
            }
        }
    }

    /** Sixty points evenly on the circle: only the kernel of the chordal distance is a covariance. */
    @ParameterizedTest
    @MethodSource("kernels")
    void smallestEigenvaluesOnTheRingAgree(GoldenCase recorded) {
        Manifold circle = Manifold.circle();
        double[][] ring = circle.grid(RING).toArray(double[][]::new);
        for (Iterator<Map.Entry<String, JsonNode>> it =
                        recorded.json().get("psd_check_T1_60pts").fields();
                it.hasNext(); ) {
            Map.Entry<String, JsonNode> at = it.next();
            double scale = Double.parseDouble(at.getKey());
            double[] chordal = kernel(circle, ring, 1, scale).matrix();
            double[] geodesic = new double[RING * RING];
            for (int i = 0; i < RING; i++) {
                for (int j = 0; j < RING; j++) {
                    double distance = circle.distance(ring[i], ring[j]);
                    geodesic[i * RING + j] = Math.exp(-0.5 * distance * distance / (scale * scale));
                }
            }
            assertThat(smallestEigenvalue(geodesic))
                    .isCloseTo(at.getValue().get("geodesic_min_eig").doubleValue(), within(ROUNDING));
            assertThat(smallestEigenvalue(chordal))
                    .isCloseTo(at.getValue().get("cosine_min_eig").doubleValue(), within(ROUNDING));
        }
    }

    /** Of a matrix whose rows are the first one, shifted: \(\min_k \sum_j c_j \cos(2 \pi j k / n)\). */
    private static double smallestEigenvalue(double[] matrix) {
        for (int i = 0; i < RING; i++) {
            for (int j = 0; j < RING; j++) {
                assertThat(Math.abs(matrix[i * RING + j] - matrix[(j - i + RING) % RING]))
                        .isLessThan(1e-14);
            }
        }
        double smallest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < RING; k++) {
            double eigenvalue = 0;
            for (int j = 0; j < RING; j++) {
                eigenvalue += matrix[j] * Math.cos(2 * Math.PI * j * k / RING);
            }
            smallest = Math.min(smallest, eigenvalue);
        }
        return smallest;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void kernelOfAProductMultipliesTheKernelsOfItsFactors(GoldenCase recorded) {
        JsonNode values = recorded.json().get("T1xR1");
        Manifold manifold = Manifold.parse("T1xR1");
        InducingKernel kernel = kernel(
                manifold,
                joined(values, "b"),
                values.get("var").doubleValue(),
                values.get("ell_T1").doubleValue(),
                values.get("ell_R1").doubleValue());
        double[][] a = joined(values, "a");
        double[] k = new double[a.length * kernel.inducing];
        kernel.cross(features(manifold, a), a.length, 0, a.length, k, k.clone(), new KernelBuffers(a.length));
        assertClose(k, transposed(values.get("K")), ROUNDING, "product");
    }

    private static double[][] joined(JsonNode values, String side) {
        double[][] t = matrix(values.get(side + "_T1"));
        double[][] r = matrix(values.get(side + "_R1"));
        double[][] points = new double[t.length][];
        for (int i = 0; i < t.length; i++) {
            points[i] = new double[] {t[i][0], r[i][0]};
        }
        return points;
    }

    @ParameterizedTest
    @MethodSource("maps")
    void exponentialMapsAndProductsOfQuaternionsAgree(GoldenCase recorded) {
        JsonNode quaternions = recorded.json().get("quat");
        Manifold sphere = Manifold.sphere3();
        double[][] x = matrix(quaternions.get("x"));
        double[][] q = matrix(quaternions.get("q"));
        for (int i = 0; i < x.length; i++) {
            assertClose(sphere.exponential(x[i]), q[i], ROUNDING, "Exp of row " + i);
        }
        assertThat(sphere.exponential(new double[3])).containsExactly(1, 0, 0, 0);
        double[][] weights = matrix(quaternions.get("weights"));
        double[][] gradients = matrix(quaternions.get("grad_x"));
        for (int i = 0; i < weights.length; i++) {
            double[] gradient = new double[3];
            sphere.exponentialBackward(x[i + 2], weights[i], gradient);
            assertClose(gradient, gradients[i], ROUNDING, "derivative of row " + (i + 2));
        }
        JsonNode hamilton = recorded.json().get("hamilton");
        double[] p = vector(hamilton.get("p"));
        double[] r = vector(hamilton.get("q"));
        assertClose(sphere.move(p, r), vector(hamilton.get("pq")), ROUNDING, "pq");
        assertClose(sphere.move(r, p), vector(hamilton.get("qp")), ROUNDING, "qp");
        double[][] rotation = matrix(recorded.json().get("rotation_matrix_of_q2_0")); // of p
        for (int j = 0; j < 3; j++) {
            double[] axis = new double[4];
            axis[j + 1] = 1;
            double[] turned = sphere.move(sphere.move(p, axis), UnitQuaternions.conjugate(p));
            assertClose(
                    turned, new double[] {0, rotation[0][j], rotation[1][j], rotation[2][j]}, ROUNDING, "column " + j);
        }
        double trace = rotation[0][0] + rotation[1][1] + rotation[2][2];
        assertThat(Manifold.rotations().distance(p, sphere.identity()))
                .isCloseTo(Math.acos((trace - 1) / 2), within(ROUNDING));
    }

    @ParameterizedTest
    @MethodSource("maps")
    void anglesAreWrapped(GoldenCase recorded) {
        JsonNode circle = recorded.json().get("T1");
        double[] angles = vector(circle.get("x"));
        double[] wrapped = vector(circle.get("wrapped_to_minus_pi_pi"));
        for (int i = 0; i < angles.length; i++) {
            assertThat(Torus.wrapped(angles[i])).isCloseTo(wrapped[i], within(ROUNDING));
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void logarithmInvertsTheExponential(GoldenCase recorded) {
        double[] x = vector(recorded.json().get("s3_logmap_bug").get("x"));
        for (Manifold manifold : new Manifold[] {Manifold.sphere3(), Manifold.rotations()}) {
            assertClose(manifold.logarithm(manifold.exponential(x)), x, ROUNDING, manifold.toString());
        }
    }

    /** The largest errors on the circle when few wraps are summed, against sums over many. */
    @ParameterizedTest
    @MethodSource("densities")
    void errorsOfFewWrapsAgree(GoldenCase recorded) {
        Manifold circle = Manifold.circle();
        for (Iterator<Map.Entry<String, JsonNode>> it = recorded.json()
                        .get("truncation_maxabs_logdensity_error_T1")
                        .fields();
                it.hasNext(); ) {
            Map.Entry<String, JsonNode> at = it.next();
            TangentGaussian gaussian = TangentGaussian.isotropic(1, Double.parseDouble(at.getKey()));
            for (Iterator<Map.Entry<String, JsonNode>> each = at.getValue().fields(); each.hasNext(); ) {
                Map.Entry<String, JsonNode> wraps = each.next();
                double largest = 0;
                for (int i = 0; i <= 400; i++) {
                    double[] x = {-Math.PI + i * Math.PI / 200};
                    double few = circle.logDensity(gaussian, x, Integer.parseInt(wraps.getKey()), null);
                    largest = Math.max(largest, Math.abs(few - circle.logDensity(gaussian, x, 30, null)));
                }
                assertThat(largest)
                        .as("deviation %s, wraps %s", at.getKey(), wraps.getKey())
                        .isCloseTo(wraps.getValue().doubleValue(), within(ROUNDING));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("densities")
    void densitiesAndTheirDerivativesAgree(GoldenCase recorded) {
        for (String name : new String[] {"T1", "T2", "S3", "SO3", "R2"}) {
            JsonNode values = recorded.json().get(name);
            Manifold manifold = Manifold.parse(name);
            int d = manifold.dimension();
            double[][][] x = cube(values.get("x"));
            double[][][] factors = cube(values.get("L"));
            double[][] expected3 = matrix(values.get("logq_k3"));
            double[][] expected5 = matrix(values.get("logq_k5"));
            double[][][] toX = cube(values.get("grad_x_k5"));
            double[][] toFactor = new double[factors.length][d * d];
            for (int t = 0; t < factors.length; t++) {
                TangentGaussian gaussian = new TangentGaussian(d, flattened(factors[t]));
                for (int s = 0; s < x.length; s++) {
                    DensityGradient gradient = new DensityGradient(d);
                    assertThat(manifold.logDensity(gaussian, x[s][t], 3, null))
                            .as("%s log q", name)
                            .isCloseTo(expected3[s][t], within(1e-10 * Math.max(1, Math.abs(expected3[s][t]))));
                    assertThat(manifold.logDensity(gaussian, x[s][t], 5, gradient))
                            .isCloseTo(expected5[s][t], within(1e-10 * Math.max(1, Math.abs(expected5[s][t]))));
                    assertClose(gradient.toTangent, toX[s][t], 1e-10, name + " derivative");
                    InducingKernelGradient.addAll(gradient.toFactor, toFactor[t]);
                }
                assertClose(
                        toFactor[t],
                        flattened(cube(values.get("grad_L_k5_tril"))[t]),
                        1e-10,
                        name + " derivative for the factor");
            }
        }
    }
}
