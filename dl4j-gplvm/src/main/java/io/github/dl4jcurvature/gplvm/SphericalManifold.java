/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * A manifold of unit vectors (or of such vectors up to sign), with the pole \((1, 0, \ldots)\) as identity,
 * \[ \mathrm{Exp}(x) = (\cos r, \tfrac{\sin r}{r} x), \qquad r = \|x\|. \]
 *
 * <p>The tangent vectors \((r + p k) x / r\) have the same image, p being the period, and the volume shrinks by
 * \((|\sin r| / r)^{d - 1}\), so that
 * \[ \log q = \log \sum_k N(y_k; 0, L L^\top) (|r_k| / |\sin r_k|)^{d - 1}, \qquad r_k = r + p k,\; y_k = r_k x / r. \]
 */
abstract class SphericalManifold extends Manifold {
    private static final long serialVersionUID = 1L;
    private static final double SERIES = 1e-4; // radius below which series are used; their error is r^6
    private static final double SMALLEST_RADIUS = 1e-8;
    private static final double SMALLEST_SINE = 1e-6;

    private final int d;
    private final boolean upToSign;

    SphericalManifold(int d, boolean upToSign) {
        this.d = d;
        this.upToSign = upToSign;
    }

    @Override
    public int dimension() {
        return d;
    }

    @Override
    public int embeddingSize() {
        return d + 1;
    }

    @Override
    public double[] identity() {
        double[] pole = new double[d + 1];
        pole[0] = 1;
        return pole;
    }

    @Override
    public double[] canonical(double[] point) {
        double[] unit = normalised(requireSize(point));
        if (upToSign && unit[0] < 0) {
            for (int i = 0; i <= d; i++) {
                unit[i] = -unit[i];
            }
        }
        return unit;
    }

    @Override
    public double distance(double[] a, double[] b) {
        double[] p = normalised(a);
        double[] q = normalised(b);
        double cosine = dot(p, q);
        double squared = 0;
        double sign = upToSign && cosine < 0 ? -1 : 1;
        for (int i = 0; i <= d; i++) {
            squared += (p[i] - sign * q[i]) * (p[i] - sign * q[i]);
        }
        double angle = 2 * Math.asin(Math.min(1, 0.5 * Math.sqrt(squared)));
        return upToSign ? 2 * angle : angle; // of the rotation
    }

    @Override
    public double[] randomPoint(RandomGenerator random) {
        return canonical(gaussian(d + 1, random));
    }

    @Override
    public double[] exponential(double[] x) {
        double r = norm(x);
        double s = sineOver(r);
        double[] point = new double[d + 1];
        point[0] = Math.cos(r);
        for (int i = 0; i < d; i++) {
            point[i + 1] = s * x[i];
        }
        return point;
    }

    private static double sineOver(double r) {
        return r < SERIES ? 1 - r * r / 6 * (1 - r * r / 20) : Math.sin(r) / r;
    }

    /** \(\bar x = -s \bar q_0 x + s \bar q_v + c\, x (x \cdot \bar q_v)\), \(s = \sin r / r\), \(c = (r \cos r - \sin r) / r^3\). */
    @Override
    void exponentialBackward(double[] x, double[] cotangent, double[] toTangent) {
        double r = norm(x);
        double s = sineOver(r);
        double c = r < 1e-2
                ? -1.0 / 3 + r * r / 30 * (1 - r * r / 28 * (1 - r * r / 54))
                : (r * Math.cos(r) - Math.sin(r)) / (r * r * r);
        double along = 0;
        for (int i = 0; i < d; i++) {
            along += x[i] * cotangent[i + 1];
        }
        for (int i = 0; i < d; i++) {
            toTangent[i] += -s * cotangent[0] * x[i] + s * cotangent[i + 1] + c * x[i] * along;
        }
    }

    @Override
    public double[] logarithm(double[] point) {
        double sign = upToSign && point[0] < 0 ? -1 : 1;
        double n = tail(point);
        double angle = Math.atan2(n, sign * point[0]);
        double scale = n < SMALLEST_RADIUS ? 1 : angle / n;
        double[] x = new double[d];
        for (int i = 0; i < d; i++) {
            x[i] = scale * sign * point[i + 1];
        }
        return x;
    }

    /** Of \(x = \theta v / \|v\|\), \(\theta = \mathrm{atan2}(\|v\|, q_0)\). */
    @Override
    void logarithmBackward(double[] point, double[] cotangent, double[] toPoint) {
        double sign = upToSign && point[0] < 0 ? -1 : 1;
        double first = sign * point[0];
        double n = tail(point);
        double square = first * first + n * n;
        if (n < SMALLEST_RADIUS) {
            for (int i = 0; i < d; i++) {
                toPoint[i + 1] += sign * cotangent[i] / first;
            }
            return;
        }
        double scale = Math.atan2(n, first) / n;
        double along = 0;
        for (int i = 0; i < d; i++) {
            along += sign * point[i + 1] / n * cotangent[i];
        }
        toPoint[0] -= sign * n / square * along;
        for (int i = 0; i < d; i++) {
            double u = sign * point[i + 1] / n;
            toPoint[i + 1] += sign * (scale * (cotangent[i] - u * along) + first / square * u * along);
        }
    }

    private double tail(double[] point) {
        double sum = 0;
        for (int i = 1; i <= d; i++) {
            sum += point[i] * point[i];
        }
        return Math.sqrt(sum);
    }

    @Override
    double[] project(double[] raw) {
        return normalised(raw);
    }

    @Override
    void projectBackward(double[] raw, double[] cotangent, double[] toRaw) {
        normalisedBackward(raw, cotangent, toRaw);
    }

    @Override
    double logDensity(TangentGaussian gaussian, double[] x, int images, @Nullable DensityGradient gradient) {
        double r = Math.max(norm(x), SMALLEST_RADIUS);
        double[] u = new double[d];
        for (int i = 0; i < d; i++) {
            u[i] = x[i] / r;
        }
        if (norm(u) < 0.5) { // all directions are alike at the centre
            u = new double[d];
            u[0] = 1;
        }
        double period = upToSign ? Math.PI : 2 * Math.PI;
        int count = 2 * images + 1;
        double[] terms = new double[count];
        double[][] whitened = new double[count][];
        double[] whitenedDirection = gaussian.whiten(u);
        for (int k = 0; k < count; k++) {
            double radius = r + period * (k - images);
            double[] w = whitenedDirection.clone();
            for (int i = 0; i < d; i++) {
                w[i] *= radius;
            }
            whitened[k] = w;
            terms[k] = gaussian.logDensity(w) + logJacobian(radius);
        }
        double total = LogSum.of(terms);
        if (gradient != null) {
            for (int k = 0; k < count; k++) {
                double weight = Math.exp(terms[k] - total);
                if (weight > 0) {
                    addGradient(gradient, weight, gaussian, whitened[k], u, r, period * (k - images));
                }
            }
        }
        return total;
    }

    private double logJacobian(double radius) {
        return (d - 1) * Math.log(Math.abs(radius) / Math.max(SMALLEST_SINE, Math.abs(Math.sin(radius))));
    }

    /** \(-\frac{r_k}{r} s_k + \frac{k p}{r} u (u \cdot s_k) + (d - 1) (1 / r_k - \cot r_k) u\). */
    private void addGradient(
            DensityGradient gradient,
            double weight,
            TangentGaussian gaussian,
            double[] w,
            double[] u,
            double r,
            double shift) {
        double radius = r + shift;
        double[] s = gaussian.precisionTimes(w);
        double along = dot(u, s);
        double radial = shift / r * along;
        if (Math.abs(radius) < SERIES) {
            radial += (d - 1) * radius / 3;
        } else if (Math.abs(Math.sin(radius)) > SMALLEST_SINE) {
            radial += (d - 1) * (1 / radius - Math.cos(radius) / Math.sin(radius));
        }
        for (int i = 0; i < d; i++) {
            gradient.toTangent[i] += weight * (radial * u[i] - radius / r * s[i]);
        }
        gradient.addFactor(weight, s, w, gaussian);
    }

    @Override
    int featureSize() {
        return d + 1;
    }

    @Override
    void features(double[] point, double[] features, int offset, int stride) {
        for (int i = 0; i <= d; i++) {
            features[offset + i * stride] = point[i];
        }
    }

    @Override
    void featuresBackward(double[] point, double[] cotangent, int offset, int stride, double[] toPoint) {
        for (int i = 0; i <= d; i++) {
            toPoint[i] += cotangent[offset + i * stride];
        }
    }

    @Override
    List<ChordalComponent> components(boolean ard) {
        return List.of(new ChordalComponent(
                upToSign ? ChordalComponent.Form.SQUARED_INNER_PRODUCT : ChordalComponent.Form.INNER_PRODUCT,
                0,
                d + 1,
                0));
    }
}
