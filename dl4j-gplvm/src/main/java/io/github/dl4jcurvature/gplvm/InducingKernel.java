/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A kernel \(k(a, b) = \alpha f(\sum_c D_c^2(a, b) / \ell_c^2)\) with its M inducing points Z, factored:
 * \(K_{uu} + j I = L L^\top\).
 *
 * <p>Points are handed in as features, one row for each feature and a column for each point.
 */
final class InducingKernel {
    private static final Logger LOG = LoggerFactory.getLogger(InducingKernel.class);
    private static final int ATTEMPTS = 6;
    private static final double GROWTH = 10;
    private static final double ROUNDING = 1e-13; // of the distance of a point to itself, which a root would blow up

    private final KernelFamily family;
    private final List<ChordalComponent> components;
    private final int features;
    final int inducing;
    private final double[] z; // features of the inducing points [M, F]
    final double variance;
    private final double[] inverseSquaredScales; // of each component
    private final double[] lengthScales;
    private final double[] kuu;
    final LowerFactor factor;

    /**
     * Factors a kernel.
     *
     * @param name of the neuron, for messages
     * @param points inducing points [M, e], normalised
     * @param variance \(\alpha\)
     * @param lengthScales \(\ell\), one for each component that has its own
     * @param settings with the jitter j, which is raised tenfold up to five times if the matrix is not positive definite
     */
    InducingKernel(
            String name,
            Manifold manifold,
            KernelSettings settings,
            double[][] points,
            double variance,
            double[] lengthScales) {
        family = settings.family();
        components = manifold.components(settings.ard());
        features = manifold.featureSize();
        inducing = points.length;
        this.variance = variance;
        this.lengthScales = lengthScales.clone();
        inverseSquaredScales = new double[components.size()];
        for (int c = 0; c < components.size(); c++) {
            double scale = lengthScales[components.get(c).lengthScale()];
            inverseSquaredScales[c] = 1 / (scale * scale);
        }
        z = new double[inducing * features];
        for (int i = 0; i < inducing; i++) {
            manifold.features(points[i], z, i * features, 1);
        }
        kuu = new double[inducing * inducing];
        double[] columns = transposed(z, inducing, features);
        cross(columns, inducing, 0, inducing, kuu, new double[inducing * inducing], new KernelBuffers(inducing));
        factor = factored(name, settings.jitter());
    }

    private static double[] transposed(double[] matrix, int rows, int columns) {
        double[] result = new double[matrix.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = matrix[i * columns + j];
            }
        }
        return result;
    }

    private LowerFactor factored(String name, double jitter) {
        double added = jitter;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double[] matrix = kuu.clone();
            for (int i = 0; i < inducing; i++) {
                matrix[i * inducing + i] += added;
            }
            try {
                LowerFactor result = LowerFactor.of(matrix, inducing);
                if (attempt > 0) {
                    LOG.warn("kernel matrix of {}: jitter raised from {} to {}", name, jitter, added);
                }
                return result;
            } catch (ArithmeticException notPositive) {
                added *= GROWTH;
            }
        }
        throw new ArithmeticException(
                "kernel matrix of %s is not positive definite even with jitter %.1e (variance %s, length scales %s); use fewer inducing points, a smaller learning rate or a larger jitter"
                        .formatted(name, added / GROWTH, variance, Arrays.toString(lengthScales)));
    }

    /**
     * Kernel between inducing points and points.
     *
     * @param points features [F, stride]
     * @param from first column
     * @param count how many columns
     * @param k receives \(K_{uf}\) [M, count]
     * @param slope receives \(\alpha f'(u)\) [M, count]
     * @param buffers for at least count points
     */
    void cross(double[] points, int stride, int from, int count, double[] k, double[] slope, KernelBuffers buffers) {
        boolean exponential = family == KernelFamily.SQUARED_EXPONENTIAL;
        for (int i = 0; i < inducing; i++) {
            scaledDistance(points, stride, from, count, i, buffers);
            double[] distances = buffers.distances;
            int row = i * count;
            if (exponential) {
                for (int p = 0; p < count; p++) {
                    k[row + p] = variance * Math.exp(-0.5 * distances[p]);
                    slope[row + p] = -0.5 * k[row + p];
                }
            } else {
                for (int p = 0; p < count; p++) {
                    double u = distances[p] < ROUNDING ? 0 : distances[p];
                    double value = family.value(u);
                    k[row + p] = variance * value;
                    slope[row + p] = variance * family.derivative(u, value);
                }
            }
        }
    }

    private void scaledDistance(double[] points, int stride, int from, int count, int i, KernelBuffers buffers) {
        MatrixRows.clear(buffers.distances, 0, count);
        for (int c = 0; c < components.size(); c++) {
            addDistance(c, inverseSquaredScales[c], points, stride, from, count, i, buffers);
        }
    }

    /** Adds \(s D_c^2\) of inducing point i to the distances of all points. */
    private void addDistance(
            int c, double scale, double[] points, int stride, int from, int count, int i, KernelBuffers buffers) {
        double[] u = buffers.distances;
        ChordalComponent component = components.get(c);
        int feature = component.offset();
        int at = i * features + feature;
        switch (component.form()) {
            case DIFFERENCE -> {
                for (int f = 0; f < component.size(); f++) {
                    int row = (feature + f) * stride + from;
                    double value = z[at + f];
                    for (int p = 0; p < count; p++) {
                        double difference = points[row + p] - value;
                        u[p] += scale * difference * difference;
                    }
                }
            }
            case INNER_PRODUCT -> {
                for (int p = 0; p < count; p++) {
                    u[p] += 2 * scale;
                }
                for (int f = 0; f < component.size(); f++) {
                    MatrixRows.addScaled(-2 * scale * z[at + f], points, (feature + f) * stride + from, u, 0, count);
                }
            }
            case SQUARED_INNER_PRODUCT -> {
                double[] inner = innerProducts(component, points, stride, from, count, i, buffers);
                for (int p = 0; p < count; p++) {
                    u[p] += 4 * scale * (1 - inner[p] * inner[p]);
                }
            }
        }
    }

    private double[] innerProducts(
            ChordalComponent component,
            double[] points,
            int stride,
            int from,
            int count,
            int i,
            KernelBuffers buffers) {
        double[] inner = buffers.inner;
        MatrixRows.clear(inner, 0, count);
        for (int f = 0; f < component.size(); f++) {
            int feature = component.offset() + f;
            MatrixRows.addScaled(z[i * features + feature], points, feature * stride + from, inner, 0, count);
        }
        return inner;
    }

    /**
     * Carries a cotangent of \(K_{uf}\) to everything the kernel is made of.
     *
     * @param k from {@link #cross}
     * @param slope from {@link #cross}
     * @param cotangent \(\bar K_{uf}\) [M, count]
     * @param gradient receives what goes to the kernel
     * @param toPoints receives what goes to the features, laid out as the points; may be the points of others too
     * @param buffers for at least count points
     */
    void crossBackward(
            double[] points,
            int stride,
            int from,
            int count,
            double[] k,
            double[] slope,
            double[] cotangent,
            InducingKernelGradient gradient,
            double[] toPoints,
            KernelBuffers buffers) {
        double[] weights = buffers.weights;
        for (int i = 0; i < inducing; i++) {
            int row = i * count;
            gradient.variance += MatrixRows.dot(cotangent, row, k, row, count) / variance;
            for (int p = 0; p < count; p++) {
                weights[p] = cotangent[row + p] * slope[row + p];
            }
            for (int c = 0; c < components.size(); c++) {
                ChordalComponent component = components.get(c);
                double scale = inverseSquaredScales[c];
                double length = lengthScales[component.lengthScale()];
                MatrixRows.clear(buffers.distances, 0, count);
                addDistance(c, 1, points, stride, from, count, i, buffers);
                gradient.lengthScales[component.lengthScale()] -=
                        2 * scale / length * MatrixRows.dot(weights, 0, buffers.distances, 0, count);
                distanceBackward(component, scale, points, stride, from, count, i, gradient, toPoints, buffers);
            }
        }
    }

    private void distanceBackward(
            ChordalComponent component,
            double scale,
            double[] points,
            int stride,
            int from,
            int count,
            int i,
            InducingKernelGradient gradient,
            double[] toPoints,
            KernelBuffers buffers) {
        double[] weights = buffers.weights;
        double[] inner = component.form() == ChordalComponent.Form.SQUARED_INNER_PRODUCT
                ? innerProducts(component, points, stride, from, count, i, buffers)
                : weights;
        for (int f = component.offset(); f < component.offset() + component.size(); f++) {
            int row = f * stride + from;
            int at = i * features + f;
            switch (component.form()) {
                case DIFFERENCE -> {
                    double sum = 0;
                    for (int p = 0; p < count; p++) {
                        double each = 2 * scale * weights[p] * (points[row + p] - z[at]);
                        toPoints[row + p] += each;
                        sum += each;
                    }
                    gradient.inducing[at] -= sum;
                }
                case INNER_PRODUCT -> {
                    MatrixRows.addScaled(-2 * scale * z[at], weights, 0, toPoints, row, count);
                    gradient.inducing[at] -= 2 * scale * MatrixRows.dot(weights, 0, points, row, count);
                }
                case SQUARED_INNER_PRODUCT -> {
                    double sum = 0;
                    for (int p = 0; p < count; p++) {
                        double each = -8 * scale * weights[p] * inner[p];
                        toPoints[row + p] += each * z[at];
                        sum += each * points[row + p];
                    }
                    gradient.inducing[at] += sum;
                }
            }
        }
    }

    /** Carries the cotangent of the factor in a gradient to the kernel; call once, when all points have been added. */
    void factorBackward(InducingKernelGradient gradient) {
        double[] cotangent = factor.backward(gradient.factor);
        double[] columns = transposed(z, inducing, features);
        double[] k = new double[inducing * inducing];
        double[] slope = new double[inducing * inducing];
        KernelBuffers buffers = new KernelBuffers(inducing);
        cross(columns, inducing, 0, inducing, k, slope, buffers);
        double[] second = new double[columns.length];
        crossBackward(columns, inducing, 0, inducing, k, slope, cotangent, gradient, second, buffers);
        for (int i = 0; i < inducing; i++) {
            for (int f = 0; f < features; f++) {
                gradient.inducing[i * features + f] += second[f * inducing + i];
            }
        }
    }

    InducingKernelGradient newGradient() {
        return new InducingKernelGradient(inducing, features, lengthScales.length);
    }

    /** Kernel matrix of the inducing points without jitter [M, M]. */
    double[] matrix() {
        return kuu.clone();
    }
}
