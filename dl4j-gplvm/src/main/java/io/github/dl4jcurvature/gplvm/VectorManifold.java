/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** A manifold on which points are moved by addition. */
abstract class VectorManifold extends Manifold {
    private static final long serialVersionUID = 1L;

    final int n;

    VectorManifold(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("n is %d but a manifold must have at least one dimension".formatted(n));
        }
        this.n = n;
    }

    @Override
    public int dimension() {
        return n;
    }

    @Override
    public int embeddingSize() {
        return n;
    }

    @Override
    public double[] identity() {
        return new double[n];
    }

    @Override
    public double[] exponential(double[] tangent) {
        return tangent.clone();
    }

    @Override
    public double[] move(double[] mean, double[] step) {
        double[] moved = mean.clone();
        add(1, step, moved);
        return moved;
    }

    @Override
    public double[] relative(double[] a, double[] b) {
        double[] step = b.clone();
        add(-1, a, step);
        return step;
    }

    @Override
    public double[] logarithm(double[] point) {
        return canonical(point);
    }

    @Override
    boolean isGroup() {
        return true;
    }

    @Override
    boolean needsIsotropy() {
        return false;
    }

    @Override
    void exponentialBackward(double[] tangent, double[] cotangent, double[] toTangent) {
        add(1, cotangent, toTangent);
    }

    @Override
    void logarithmBackward(double[] point, double[] cotangent, double[] toPoint) {
        add(1, cotangent, toPoint);
    }

    @Override
    void moveBackward(double[] mean, double[] step, double[] cotangent, double[] toMean, double[] toStep) {
        add(1, cotangent, toMean);
        add(1, cotangent, toStep);
    }

    @Override
    void relativeBackward(double[] a, double[] b, double[] cotangent, double[] toA, double[] toB) {
        add(-1, cotangent, toA);
        add(1, cotangent, toB);
    }

    @Override
    double[] project(double[] raw) {
        return raw.clone();
    }

    @Override
    void projectBackward(double[] raw, double[] cotangent, double[] toRaw) {
        add(1, cotangent, toRaw);
    }

    private static void add(double scale, double[] from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += scale * from[i];
        }
    }

    /** All combinations of the same values in every dimension. */
    List<double[]> lattice(int count, IntFunction<double[]> values) {
        int side = Math.max(1, (int) Math.round(Math.pow(count, 1.0 / n)));
        double[] coordinates = values.apply(side);
        List<double[]> points = new ArrayList<>();
        points.add(new double[n]);
        for (int i = 0; i < n; i++) {
            List<double[]> longer = new ArrayList<>();
            for (double[] point : points) {
                for (double coordinate : coordinates) {
                    double[] next = point.clone();
                    next[i] = coordinate;
                    longer.add(next);
                }
            }
            points = longer;
        }
        return points;
    }
}
