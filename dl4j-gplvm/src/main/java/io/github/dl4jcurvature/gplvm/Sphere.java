/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;

/**
 * The sphere S2, which is no group. A step is carried from the pole \(e\) to the mean by the isometry
 * \[ \gamma \mapsto \sigma (I - 2 v v^\top / v^\top v) \gamma, \]
 * with \(v = e + \mu, \sigma = -1\) on the hemisphere of the pole and \(v = e - \mu, \sigma = 1\) on the other; both take e to
 * \(\mu\) and \(v^\top v \ge 2\). No continuous choice of isometries exists, therefore tangent distributions are isotropic: then the
 * distribution of \(\mu \cdot \mathrm{Exp}(x)\) does not depend on the choice.
 */
final class Sphere extends SphericalManifold {
    private static final long serialVersionUID = 1L;
    private static final double GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

    Sphere(int d) {
        super(d, false);
    }

    @Override
    public double logVolume() {
        return Math.log(4 * Math.PI);
    }

    @Override
    public List<double[]> grid(int count) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double height = 1 - (2.0 * i + 1) / count;
            double radius = Math.sqrt(1 - height * height);
            points.add(new double[] {height, radius * Math.cos(GOLDEN_ANGLE * i), radius * Math.sin(GOLDEN_ANGLE * i)});
        }
        return points;
    }

    @Override
    public double[] move(double[] mean, double[] step) {
        return reflected(mean, step);
    }

    /** The isometry is its own inverse. */
    @Override
    public double[] relative(double[] a, double[] b) {
        return reflected(a, b);
    }

    @Override
    boolean isGroup() {
        return false;
    }

    @Override
    boolean needsIsotropy() {
        return true;
    }

    private static double side(double[] mean) {
        return mean[0] >= 0 ? 1 : -1;
    }

    private static double[] normal(double[] mean) {
        double[] v = mean.clone();
        double side = side(mean);
        for (int i = 0; i < v.length; i++) {
            v[i] *= side;
        }
        v[0] += 1;
        return v;
    }

    private static double[] reflected(double[] mean, double[] point) {
        double[] v = normal(mean);
        double scale = 2 * dot(v, point) / dot(v, v);
        double[] image = new double[point.length];
        for (int i = 0; i < image.length; i++) {
            image[i] = -side(mean) * (point[i] - scale * v[i]);
        }
        return image;
    }

    @Override
    void moveBackward(double[] mean, double[] step, double[] cotangent, double[] toMean, double[] toStep) {
        double side = side(mean);
        double[] v = normal(mean);
        double square = dot(v, v);
        double ofStep = dot(v, step);
        double ofCotangent = dot(v, cotangent);
        for (int i = 0; i < v.length; i++) {
            toStep[i] -= side * (cotangent[i] - 2 * v[i] * ofCotangent / square);
            double toNormal = 2 * (cotangent[i] * ofStep + step[i] * ofCotangent) / square
                    - 4 * v[i] * ofStep * ofCotangent / (square * square);
            toMean[i] += toNormal; // side times side
        }
    }

    @Override
    void relativeBackward(double[] a, double[] b, double[] cotangent, double[] toA, double[] toB) {
        moveBackward(a, b, cotangent, toA, toB);
    }

    @Override
    int defaultImages() {
        return 3;
    }

    @Override
    double initialDeviation() {
        return Math.sqrt(0.5);
    }

    @Override
    public String toString() {
        return "S2";
    }
}
