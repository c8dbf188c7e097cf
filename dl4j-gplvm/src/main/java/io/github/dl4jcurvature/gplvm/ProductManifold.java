/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** Points of several manifolds one after another; densities are products, tangent covariances block-diagonal. */
final class ProductManifold extends Manifold {
    private static final long serialVersionUID = 1L;

    private final ArrayList<Manifold> factors = new ArrayList<>();
    private final int[] points; // where each factor begins
    private final int[] tangents;

    ProductManifold(List<Manifold> factors) {
        for (Manifold factor : factors) {
            this.factors.addAll(factor.factors());
        }
        if (this.factors.size() < 2) {
            throw new IllegalArgumentException("factors are %s but a product needs at least two".formatted(factors));
        }
        points = new int[this.factors.size() + 1];
        tangents = new int[this.factors.size() + 1];
        for (int i = 0; i < this.factors.size(); i++) {
            points[i + 1] = points[i] + this.factors.get(i).embeddingSize();
            tangents[i + 1] = tangents[i] + this.factors.get(i).dimension();
        }
    }

    @Override
    List<Manifold> factors() {
        return List.copyOf(factors);
    }

    @Override
    public int dimension() {
        return tangents[factors.size()];
    }

    @Override
    public int embeddingSize() {
        return points[factors.size()];
    }

    @Override
    public double logVolume() {
        return factors.stream().mapToDouble(Manifold::logVolume).sum();
    }

    private double[] point(double[] all, int i) {
        return Arrays.copyOfRange(all, points[i], points[i + 1]);
    }

    private double[] tangent(double[] all, int i) {
        return Arrays.copyOfRange(all, tangents[i], tangents[i + 1]);
    }

    private static double[] joined(List<double[]> parts) {
        return parts.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    private double[] ofFactors(BiFunction<Manifold, Integer, double[]> part) {
        List<double[]> parts = new ArrayList<>();
        for (int i = 0; i < factors.size(); i++) {
            parts.add(part.apply(factors.get(i), i));
        }
        return joined(parts);
    }

    private static void addAt(double[] part, double[] all, int from) {
        for (int i = 0; i < part.length; i++) {
            all[from + i] += part[i];
        }
    }

    @Override
    public double[] identity() {
        return ofFactors((factor, i) -> factor.identity());
    }

    @Override
    public double[] canonical(double[] point) {
        requireSize(point);
        return ofFactors((factor, i) -> factor.canonical(point(point, i)));
    }

    @Override
    public double distance(double[] a, double[] b) {
        double squared = 0;
        for (int i = 0; i < factors.size(); i++) {
            double distance = factors.get(i).distance(point(a, i), point(b, i));
            squared += distance * distance;
        }
        return Math.sqrt(squared);
    }

    @Override
    public double[] randomPoint(RandomGenerator random) {
        return ofFactors((factor, i) -> factor.randomPoint(random));
    }

    @Override
    public List<double[]> grid(int count) {
        List<double[]> points = List.of(new double[0]);
        for (Manifold factor : factors) {
            int share = (int) Math.round(Math.pow(count, (double) factor.dimension() / dimension()));
            List<double[]> longer = new ArrayList<>();
            for (double[] point : points) {
                for (double[] next : factor.grid(Math.max(1, share))) {
                    longer.add(joined(List.of(point, next)));
                }
            }
            points = longer;
        }
        return points;
    }

    @Override
    public double[] exponential(double[] tangent) {
        return ofFactors((factor, i) -> factor.exponential(tangent(tangent, i)));
    }

    @Override
    public double[] logarithm(double[] point) {
        return ofFactors((factor, i) -> factor.logarithm(point(point, i)));
    }

    @Override
    public double[] move(double[] mean, double[] step) {
        return ofFactors((factor, i) -> factor.move(point(mean, i), point(step, i)));
    }

    @Override
    public double[] relative(double[] a, double[] b) {
        return ofFactors((factor, i) -> factor.relative(point(a, i), point(b, i)));
    }

    @Override
    boolean isGroup() {
        return factors.stream().allMatch(Manifold::isGroup);
    }

    @Override
    boolean needsIsotropy() {
        return false; // each block answers for itself
    }

    @Override
    void exponentialBackward(double[] tangent, double[] cotangent, double[] toTangent) {
        for (int i = 0; i < factors.size(); i++) {
            double[] part = new double[tangents[i + 1] - tangents[i]];
            factors.get(i).exponentialBackward(tangent(tangent, i), point(cotangent, i), part);
            addAt(part, toTangent, tangents[i]);
        }
    }

    @Override
    void logarithmBackward(double[] point, double[] cotangent, double[] toPoint) {
        for (int i = 0; i < factors.size(); i++) {
            double[] part = new double[points[i + 1] - points[i]];
            factors.get(i).logarithmBackward(point(point, i), tangent(cotangent, i), part);
            addAt(part, toPoint, points[i]);
        }
    }

    @FunctionalInterface
    private interface Backward {
        void accept(Manifold factor, double[] a, double[] b, double[] cotangent, double[] toA, double[] toB);
    }

    private void backward(Backward backward, double[] a, double[] b, double[] cotangent, double[] toA, double[] toB) {
        for (int i = 0; i < factors.size(); i++) {
            double[] first = new double[points[i + 1] - points[i]];
            double[] second = new double[points[i + 1] - points[i]];
            backward.accept(factors.get(i), point(a, i), point(b, i), point(cotangent, i), first, second);
            addAt(first, toA, points[i]);
            addAt(second, toB, points[i]);
        }
    }

    @Override
    void moveBackward(double[] mean, double[] step, double[] cotangent, double[] toMean, double[] toStep) {
        backward(Manifold::moveBackward, mean, step, cotangent, toMean, toStep);
    }

    @Override
    void relativeBackward(double[] a, double[] b, double[] cotangent, double[] toA, double[] toB) {
        backward(Manifold::relativeBackward, a, b, cotangent, toA, toB);
    }

    @Override
    double[] project(double[] raw) {
        return ofFactors((factor, i) -> factor.project(point(raw, i)));
    }

    @Override
    void projectBackward(double[] raw, double[] cotangent, double[] toRaw) {
        for (int i = 0; i < factors.size(); i++) {
            double[] part = new double[points[i + 1] - points[i]];
            factors.get(i).projectBackward(point(raw, i), point(cotangent, i), part);
            addAt(part, toRaw, points[i]);
        }
    }

    @Override
    double logDensity(TangentGaussian gaussian, double[] x, int images, @Nullable DensityGradient gradient) {
        double sum = 0;
        for (int i = 0; i < factors.size(); i++) {
            int size = tangents[i + 1] - tangents[i];
            DensityGradient part = gradient == null ? null : new DensityGradient(size);
            sum += factors.get(i).logDensity(gaussian.block(tangents[i], size), tangent(x, i), images, part);
            if (gradient != null && part != null) {
                gradient.add(part, tangents[i]);
            }
        }
        return sum;
    }

    @Override
    int featureSize() {
        return factors.stream().mapToInt(Manifold::featureSize).sum();
    }

    @Override
    void features(double[] point, double[] features, int offset, int stride) {
        int from = offset;
        for (int i = 0; i < factors.size(); i++) {
            factors.get(i).features(point(point, i), features, from, stride);
            from += factors.get(i).featureSize() * stride;
        }
    }

    @Override
    void featuresBackward(double[] point, double[] cotangent, int offset, int stride, double[] toPoint) {
        int from = offset;
        for (int i = 0; i < factors.size(); i++) {
            double[] part = new double[points[i + 1] - points[i]];
            factors.get(i).featuresBackward(point(point, i), cotangent, from, stride, part);
            addAt(part, toPoint, points[i]);
            from += factors.get(i).featureSize() * stride;
        }
    }

    /** Every factor has a length scale of its own. */
    @Override
    List<ChordalComponent> components(boolean ard) {
        List<ChordalComponent> components = new ArrayList<>();
        int features = 0;
        int lengthScales = 0;
        for (Manifold factor : factors) {
            for (ChordalComponent component : factor.components(ard)) {
                components.add(component.shifted(features, lengthScales));
            }
            features += factor.featureSize();
            lengthScales += factor.lengthScales(ard);
        }
        return components;
    }

    @Override
    int defaultImages() {
        return factors.stream().mapToInt(Manifold::defaultImages).max().orElse(0);
    }

    @Override
    double initialDeviation() {
        return factors.stream().mapToDouble(Manifold::initialDeviation).min().orElse(1);
    }

    @Override
    public String toString() {
        return factors.stream().map(Manifold::toString).collect(Collectors.joining("x"));
    }
}
