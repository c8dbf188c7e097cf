/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/** Vectors of n numbers; uniform distributions do not exist, so that points are drawn from a standard normal. */
final class EuclideanSpace extends VectorManifold {
    private static final long serialVersionUID = 1L;
    private static final double REACH = 3;

    EuclideanSpace(int n) {
        super(n);
    }

    @Override
    public double logVolume() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public double[] canonical(double[] point) {
        return requireSize(point).clone();
    }

    @Override
    public double distance(double[] a, double[] b) {
        return norm(relative(a, b));
    }

    @Override
    public double[] randomPoint(RandomGenerator random) {
        return gaussian(n, random);
    }

    @Override
    public List<double[]> grid(int count) {
        return lattice(count, side -> {
            double[] values = new double[side];
            for (int i = 0; i < side; i++) {
                values[i] = side == 1 ? 0 : REACH * (2.0 * i / (side - 1) - 1);
            }
            return values;
        });
    }

    @Override
    double logDensity(TangentGaussian gaussian, double[] x, int images, @Nullable DensityGradient gradient) {
        double[] w = gaussian.whiten(x);
        if (gradient != null) {
            double[] s = gaussian.precisionTimes(w);
            for (int i = 0; i < n; i++) {
                gradient.toTangent[i] -= s[i];
            }
            gradient.addFactor(1, s, w, gaussian);
        }
        return gaussian.logDensity(w);
    }

    @Override
    int featureSize() {
        return n;
    }

    @Override
    void features(double[] point, double[] features, int offset, int stride) {
        for (int i = 0; i < n; i++) {
            features[offset + i * stride] = point[i];
        }
    }

    @Override
    void featuresBackward(double[] point, double[] cotangent, int offset, int stride, double[] toPoint) {
        for (int i = 0; i < n; i++) {
            toPoint[i] += cotangent[offset + i * stride];
        }
    }

    @Override
    List<ChordalComponent> components(boolean ard) {
        if (!ard) {
            return List.of(new ChordalComponent(ChordalComponent.Form.DIFFERENCE, 0, n, 0));
        }
        List<ChordalComponent> components = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            components.add(new ChordalComponent(ChordalComponent.Form.DIFFERENCE, i, 1, i));
        }
        return components;
    }

    @Override
    int defaultImages() {
        return 0;
    }

    @Override
    double initialDeviation() {
        return 1;
    }

    @Override
    public String toString() {
        return "R" + n;
    }
}
