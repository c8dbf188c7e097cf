/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/** n angles in radians; parameters may be any real numbers. */
final class Torus extends VectorManifold {
    private static final long serialVersionUID = 1L;
    private static final double TURN = 2 * Math.PI;
    private static final double MOST_TERMS = 200_000; // six dimensions with three wraps on either side

    Torus(int n) {
        super(n);
    }

    /** An angle in \([-\pi, \pi)\). */
    static double wrapped(double angle) {
        double wrapped = Math.IEEEremainder(angle, TURN); // exact, in [-pi, pi]
        return wrapped == Math.PI ? -Math.PI : wrapped;
    }

    @Override
    public double logVolume() {
        return n * LOG_TWO_PI;
    }

    @Override
    public double[] canonical(double[] point) {
        double[] wrapped = requireSize(point).clone();
        for (int i = 0; i < n; i++) {
            wrapped[i] = wrapped(wrapped[i]);
        }
        return wrapped;
    }

    @Override
    public double distance(double[] a, double[] b) {
        return norm(canonical(relative(a, b)));
    }

    @Override
    public double[] randomPoint(RandomGenerator random) {
        double[] point = new double[n];
        for (int i = 0; i < n; i++) {
            point[i] = random.nextDouble(-Math.PI, Math.PI);
        }
        return point;
    }

    @Override
    public List<double[]> grid(int count) {
        return lattice(count, side -> {
            double[] values = new double[side];
            for (int i = 0; i < side; i++) {
                values[i] = TURN * i / side - Math.PI;
            }
            return values;
        });
    }

    @Override
    double logDensity(TangentGaussian gaussian, double[] x, int images, @Nullable DensityGradient gradient) {
        if (n > 1 && gaussian.isDiagonal()) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                DensityGradient part = gradient == null ? null : new DensityGradient(1);
                sum += wrappedDensity(gaussian.block(i, 1), new double[] {x[i]}, images, part);
                if (gradient != null && part != null) {
                    gradient.add(part, i);
                }
            }
            return sum;
        }
        return wrappedDensity(gaussian, x, images, gradient);
    }

    /** Densities with correlated angles are sums over \((2 k + 1)^n\) wraps, k on either side. */
    static void requireFewTerms(int n, int images) {
        double terms = 1;
        for (int i = 0; i < n; i++) {
            terms *= 2.0 * images + 1;
        }
        if (terms > MOST_TERMS) {
            throw new IllegalArgumentException(
                    "covariance of T%d is FULL, whose densities have %.1e terms for %d wraps on either side, but at most %.0e can be summed; use TangentCovariance.DIAGONAL"
                            .formatted(n, terms, images, MOST_TERMS));
        }
    }

    private static double wrappedDensity(
            TangentGaussian gaussian, double[] x, int images, @Nullable DensityGradient gradient) {
        int d = x.length;
        int perDimension = 2 * images + 1;
        requireFewTerms(d, images);
        int count = 1;
        for (int i = 0; i < d; i++) {
            count *= perDimension;
        }
        double[][] whitened = new double[count][];
        double[] terms = new double[count];
        for (int k = 0; k < count; k++) {
            double[] y = x.clone();
            int rest = k;
            for (int i = 0; i < d; i++) {
                y[i] += TURN * (rest % perDimension - images);
                rest /= perDimension;
            }
            whitened[k] = gaussian.whiten(y);
            terms[k] = gaussian.logDensity(whitened[k]);
        }
        double total = LogSum.of(terms);
        if (gradient != null) {
            for (int k = 0; k < count; k++) {
                double weight = Math.exp(terms[k] - total);
                if (weight > 0) {
                    double[] s = gaussian.precisionTimes(whitened[k]);
                    for (int i = 0; i < d; i++) {
                        gradient.toTangent[i] -= weight * s[i];
                    }
                    gradient.addFactor(weight, s, whitened[k], gaussian);
                }
            }
        }
        return total;
    }

    @Override
    int featureSize() {
        return 2 * n;
    }

    @Override
    void features(double[] point, double[] features, int offset, int stride) {
        for (int i = 0; i < n; i++) {
            features[offset + 2 * i * stride] = Math.cos(point[i]);
            features[offset + (2 * i + 1) * stride] = Math.sin(point[i]);
        }
    }

    @Override
    void featuresBackward(double[] point, double[] cotangent, int offset, int stride, double[] toPoint) {
        for (int i = 0; i < n; i++) {
            toPoint[i] += Math.cos(point[i]) * cotangent[offset + (2 * i + 1) * stride]
                    - Math.sin(point[i]) * cotangent[offset + 2 * i * stride];
        }
    }

    @Override
    List<ChordalComponent> components(boolean ard) {
        List<ChordalComponent> components = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            components.add(new ChordalComponent(ChordalComponent.Form.INNER_PRODUCT, 2 * i, 2, ard ? i : 0));
        }
        return components;
    }

    @Override
    int defaultImages() {
        return 3;
    }

    @Override
    double initialDeviation() {
        return Math.sqrt(0.5 * Math.PI * Math.sqrt(n));
    }

    @Override
    public String toString() {
        return "T" + n;
    }
}
