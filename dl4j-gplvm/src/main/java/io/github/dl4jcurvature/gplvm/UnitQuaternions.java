/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Unit quaternions under the Hamilton product: S3, or the rotations SO3 when q and -q are the same. */
final class UnitQuaternions extends SphericalManifold {
    private static final long serialVersionUID = 1L;
    private static final long GRID_SEED = 20_060_742;
    private static final int CANDIDATES = 16;

    private final boolean rotations;

    UnitQuaternions(boolean rotations) {
        super(3, rotations);
        this.rotations = rotations;
    }

    @Override
    public double logVolume() {
        return rotations ? 2 * Math.log(Math.PI) : Math.log(2 * Math.PI * Math.PI);
    }

    /** Points that keep away from each other: of some candidates the one farthest from those that are there, from a fixed seed. */
    @Override
    public List<double[]> grid(int count) {
        SplittableRandom random = new SplittableRandom(GRID_SEED);
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double[] best = randomPoint(random);
            double bestDistance = nearest(best, points);
            for (int k = 1; k < CANDIDATES; k++) {
                double[] candidate = randomPoint(random);
                double distance = nearest(candidate, points);
                if (distance > bestDistance) {
                    best = candidate;
                    bestDistance = distance;
                }
            }
            points.add(best);
        }
        return points;
    }

    private double nearest(double[] point, List<double[]> points) {
        double cosine = -1;
        for (double[] other : points) {
            double each = dot(point, other);
            cosine = Math.max(cosine, rotations ? Math.abs(each) : each);
        }
        return -cosine;
    }

    static double[] product(double[] p, double[] q) {
        return new double[] {
            p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3],
            p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],
            p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1],
            p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0]
        };
    }

    static double[] conjugate(double[] q) {
        return new double[] {q[0], -q[1], -q[2], -q[3]};
    }

    @Override
    public double[] move(double[] mean, double[] step) {
        return product(mean, step);
    }

    @Override
    public double[] relative(double[] a, double[] b) {
        return product(conjugate(a), b);
    }

    @Override
    boolean isGroup() {
        return true;
    }

    @Override
    boolean needsIsotropy() {
        return false;
    }

    /** \(\bar \mu = \bar g \gamma^*\), \(\bar \gamma = \mu^* \bar g\). */
    @Override
    void moveBackward(double[] mean, double[] step, double[] cotangent, double[] toMean, double[] toStep) {
        add(product(cotangent, conjugate(step)), toMean);
        add(product(conjugate(mean), cotangent), toStep);
    }

    @Override
    void relativeBackward(double[] a, double[] b, double[] cotangent, double[] toA, double[] toB) {
        add(conjugate(product(cotangent, conjugate(b))), toA);
        add(product(a, cotangent), toB);
    }

    private static void add(double[] from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    @Override
    int defaultImages() {
        return rotations ? 5 : 3;
    }

    @Override
    double initialDeviation() {
        return Math.sqrt(rotations ? 0.4 : 0.5);
    }

    @Override
    public String toString() {
        return rotations ? "SO3" : "S3";
    }
}
