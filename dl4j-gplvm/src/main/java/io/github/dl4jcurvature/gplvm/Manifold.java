/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonValue;

/**
 * Where latent variables live: a Riemannian manifold of dimension d whose points are vectors of e numbers.
 *
 * <table>
 * <caption>Manifolds, their points and the squared distance of the kernel</caption>
 * <tr><th>name</th><th>d, e</th><th>point</th><th>\(D^2(a, b)\)</th></tr>
 * <tr><td>{@code R1}, {@code R2}, ...</td><td>n, n</td><td>vector</td><td>\(\|a - b\|^2\)</td></tr>
 * <tr><td>{@code T1}, {@code T2}, ...</td><td>n, n</td><td>angles in radians</td><td>\(2 \sum_j (1 - \cos(a_j - b_j))\)</td></tr>
 * <tr><td>{@code S2}</td><td>2, 3</td><td>unit vector</td><td>\(2 (1 - a \cdot b)\)</td></tr>
 * <tr><td>{@code S3}</td><td>3, 4</td><td>unit quaternion</td><td>\(2 (1 - a \cdot b)\)</td></tr>
 * <tr><td>{@code SO3}</td><td>3, 4</td><td>unit quaternion, q and -q the same</td><td>\(4 (1 - (a \cdot b)^2)\)</td></tr>
 * <tr><td>{@code T1xR1}, ...</td><td>sums</td><td>points of the factors, one after another</td><td>of each factor</td></tr>
 * </table>
 *
 * <p>A point near another is written \(g = \mu \cdot \mathrm{Exp}(x)\) with a tangent vector x at the identity: addition on R and T,
 * the Hamilton product on S3 and SO3, where the rotation angle is \(2 \|x\|\), and an isometry that takes the pole to \(\mu\) on S2.
 * Points handed in need not be normalised where {@link #project} is applied first; all methods return fresh arrays.
 *
 * <p>Source: Jensen, Kao, Tripodi and Hennequin (NeurIPS 2020, arXiv 2006.07429); S2 is derived here.
 */
public abstract class Manifold implements Serializable {
    private static final long serialVersionUID = 1L;
    static final double LOG_TWO_PI = Math.log(2 * Math.PI);

    Manifold() {}

    /** Euclidean space of n dimensions. */
    public static Manifold euclidean(int n) {
        return new EuclideanSpace(n);
    }

    /** Product of n circles. */
    public static Manifold torus(int n) {
        return new Torus(n);
    }

    /** The circle, as one angle. */
    public static Manifold circle() {
        return new Torus(1);
    }

    /** Unit sphere in three dimensions. */
    public static Manifold sphere2() {
        return new Sphere(2);
    }

    /** Unit quaternions. */
    public static Manifold sphere3() {
        return new UnitQuaternions(false);
    }

    /** Rotations of three dimensions. */
    public static Manifold rotations() {
        return new UnitQuaternions(true);
    }

    /** Product of manifolds; distances have a length scale for each factor. */
    public static Manifold product(Manifold... factors) {
        return new ProductManifold(List.of(factors));
    }

    /**
     * The manifold of a name.
     *
     * @param name as in {@code "T1"}, {@code "R2"}, {@code "S1"}, {@code "S2"}, {@code "S3"}, {@code "SO3"}, {@code "T1xR1"}
     * @throws IllegalArgumentException if there is no such manifold
     */
    @JsonCreator
    public static Manifold parse(String name) {
        List<Manifold> factors = new ArrayList<>();
        for (String part : name.split("x", -1)) {
            factors.add(single(part, name));
        }
        return factors.size() == 1 ? factors.get(0) : new ProductManifold(factors);
    }

    private static Manifold single(String part, String name) {
        if (part.matches("[RT][1-9][0-9]?")) {
            int n = Integer.parseInt(part.substring(1));
            return part.charAt(0) == 'R' ? euclidean(n) : torus(n);
        }
        return switch (part) {
            case "S1" -> circle();
            case "S2" -> sphere2();
            case "S3" -> sphere3();
            case "SO3" -> rotations();
            default ->
                throw new IllegalArgumentException(
                        "name of the manifold is '%s' but every part between 'x' must be R or T with a dimension, S1, S2, S3 or SO3"
                                .formatted(name));
        };
    }

    /** Dimension d. */
    public abstract int dimension();

    /** Numbers of a point, e. */
    public abstract int embeddingSize();

    /** Logarithm of the volume; infinite for manifolds that are not compact. */
    public abstract double logVolume();

    /** The point that is moved by tangent vectors. */
    public abstract double[] identity();

    /** The nearest point of the manifold; angles are wrapped to \([-\pi, \pi)\) and rotations have a first entry that is not negative. */
    public abstract double[] canonical(double[] point);

    /** Geodesic distance; for rotations their angle. */
    public abstract double distance(double[] a, double[] b);

    /** A point drawn uniformly; standard normal where there is no uniform distribution. */
    public abstract double[] randomPoint(RandomGenerator random);

    /**
     * Points that cover the manifold evenly, or the part of it a standard normal reaches.
     *
     * @param count about how many
     */
    public abstract List<double[]> grid(int count);

    /** Exp: from a tangent vector at the identity to a point. */
    public abstract double[] exponential(double[] tangent);

    /** Log: from a point to the shortest tangent vector at the identity. */
    public abstract double[] logarithm(double[] point);

    /** \(\mu \cdot \gamma\). */
    public abstract double[] move(double[] mean, double[] step);

    /** The step from one point to another, \(\gamma = a^{-1} \cdot b\) with \(b = a \cdot \gamma\). */
    public abstract double[] relative(double[] a, double[] b);

    /** Whether points form a group, so that steps can be chained. */
    abstract boolean isGroup();

    /** Whether tangent distributions must be isotropic, since tangent spaces at different points have no common frame. */
    abstract boolean needsIsotropy();

    boolean isCompact() {
        return Double.isFinite(logVolume());
    }

    /** Adds what a cotangent of {@link #exponential} gives for the tangent vector. */
    abstract void exponentialBackward(double[] tangent, double[] cotangent, double[] toTangent);

    /** Adds what a cotangent of {@link #logarithm} gives for the point. */
    abstract void logarithmBackward(double[] point, double[] cotangent, double[] toPoint);

    /** Adds what a cotangent of {@link #move} gives for both. */
    abstract void moveBackward(double[] mean, double[] step, double[] cotangent, double[] toMean, double[] toStep);

    /** Adds what a cotangent of {@link #relative} gives for both. */
    abstract void relativeBackward(double[] a, double[] b, double[] cotangent, double[] toA, double[] toB);

    /** Parameters to point: normalised where points have norm one. */
    abstract double[] project(double[] raw);

    /** Adds what a cotangent of {@link #project} gives for the parameters. */
    abstract void projectBackward(double[] raw, double[] cotangent, double[] toRaw);

    /**
     * Logarithm of the density of \(\mathrm{Exp}(x)\), \(x \sim N(0, L L^\top)\), with respect to the volume.
     *
     * @param gaussian L
     * @param x a tangent vector with that image
     * @param images how many wraps are added on either side
     * @param gradient receives the derivatives; may be null
     */
    abstract double logDensity(TangentGaussian gaussian, double[] x, int images, @Nullable DensityGradient gradient);

    /** Numbers of the embedding in which distances of the kernel are taken. */
    abstract int featureSize();

    /** Writes the embedding of a point. */
    abstract void features(double[] point, double[] features, int offset, int stride);

    /** Adds what a cotangent of {@link #features} gives for the point. */
    abstract void featuresBackward(double[] point, double[] cotangent, int offset, int stride, double[] toPoint);

    /**
     * Parts of the squared distance that have a length scale of their own.
     *
     * @param ard whether every dimension has one
     */
    abstract List<ChordalComponent> components(boolean ard);

    /** How the columns of a tangent covariance may depend on one another: blocks, by dimension. */
    List<Manifold> factors() {
        return List.of(this);
    }

    /** Wraps on either side at which the density is exact to rounding for the spreads that occur. */
    abstract int defaultImages();

    /** Standard deviation at which latents start when they are not initialised by data. */
    abstract double initialDeviation();

    int lengthScales(boolean ard) {
        return 1
                + components(ard).stream()
                        .mapToInt(ChordalComponent::lengthScale)
                        .max()
                        .orElse(0);
    }

    /**
     * Of many points some that are far from each other: in turn the one farthest from those that are taken.
     *
     * @param points [count, e]
     * @param first index of the first
     */
    double[][] spread(double[][] points, int count, int first) {
        double[][] taken = new double[count][];
        double[] nearest = new double[points.length];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        int next = first;
        for (int i = 0; i < count; i++) {
            taken[i] = points[next].clone();
            for (int p = 0; p < points.length; p++) {
                nearest[p] = Math.min(nearest[p], distance(points[p], taken[i]));
            }
            for (int p = 0; p < points.length; p++) {
                next = nearest[p] > nearest[next] ? p : next;
            }
        }
        return taken;
    }

    double[] requireSize(double[] point) {
        if (point.length != embeddingSize()) {
            throw new IllegalArgumentException(
                    "point has %d numbers but one of %s must have %d; take points from grid or randomPoint of this manifold"
                            .formatted(point.length, this, embeddingSize()));
        }
        return point;
    }

    /** Name, as {@link #parse} reads it. */
    @Override
    @JsonValue
    public abstract String toString();

    @Override
    public final boolean equals(Object other) {
        return other instanceof Manifold && toString().equals(other.toString());
    }

    @Override
    public final int hashCode() {
        return toString().hashCode();
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    static double[] normalised(double[] raw) {
        double norm = norm(raw);
        if (!(norm > 0)) {
            throw new IllegalArgumentException(
                    "point %s has no direction; its norm must be positive".formatted(Arrays.toString(raw)));
        }
        double[] point = raw.clone();
        for (int i = 0; i < point.length; i++) {
            point[i] /= norm;
        }
        return point;
    }

    /** \(\bar r = (I - \hat r \hat r^\top) \bar g / \|r\|\). */
    static void normalisedBackward(double[] raw, double[] cotangent, double[] toRaw) {
        double norm = norm(raw);
        double along = dot(raw, cotangent) / (norm * norm);
        for (int i = 0; i < raw.length; i++) {
            toRaw[i] += (cotangent[i] - along * raw[i]) / norm;
        }
    }

    static double[] gaussian(int n, RandomGenerator random) {
        double[] vector = new double[n];
        for (int i = 0; i < n; i++) {
            vector[i] = random.nextGaussian();
        }
        return vector;
    }
}
