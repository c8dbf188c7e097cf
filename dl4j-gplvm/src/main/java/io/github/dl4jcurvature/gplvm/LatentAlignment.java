/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.linalg.SingularValueDecomposition;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inferred latents moved onto given ones by an isometry of the manifold, since a latent variable model finds latents only up to
 * one: permutations, reversals and rotations of circles in closed form; on spheres and rotations orthogonal maps of the embedding by
 * singular values, with signs and starts searched on rotations; on Euclidean spaces orthogonal maps and shifts.
 *
 * @param aligned inferred latents after the isometry [T, e]
 * @param errors geodesic distances to the given ones [T], in radians or units of the space
 * @param agreement mean of the cosines of the errors, between -1 and 1, on Euclidean factors the coefficient of determination;
 *     the least of all factors; no number if the given latents of a Euclidean factor are all the same
 * @param distanceCorrelation correlation of pairwise distances in the kernel, which needs no isometry; no number if all distances are
 *     the same, as those of one or two times are
 */
public record LatentAlignment(INDArray aligned, INDArray errors, double agreement, double distanceCorrelation) {
    private static final int STARTS = 16;
    private static final int SWEEPS = 60;
    private static final int AXES = 16; // of which all sets are compared
    private static final long SEED = 11;

    /** Mean of the errors. */
    public double meanError() {
        return errors.meanNumber().doubleValue();
    }

    /** Median of the errors. */
    public double medianError() {
        double[] sorted = errors.dup('c').data().asDouble();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
    }

    /**
     * Aligns latents.
     *
     * @param manifold where both live
     * @param inferred [T, e]
     * @param given [T, e]
     * @throws IllegalArgumentException if these are no finite points of the manifold, or a factor is a torus of more than 16 dimensions
     */
    public static LatentAlignment of(Manifold manifold, INDArray inferred, INDArray given) {
        if (inferred.rank() != 2
                || inferred.isEmpty()
                || !Arrays.equals(inferred.shape(), given.shape())
                || inferred.size(1) != manifold.embeddingSize()) {
            throw new IllegalArgumentException(
                    "inferred has shape %s and given %s but both must be [times, %d], points of %s; leave the same times out of both"
                            .formatted(
                                    Arrays.toString(inferred.shape()),
                                    Arrays.toString(given.shape()),
                                    manifold.embeddingSize(),
                                    manifold));
        }
        double[][] from = finite("inferred", inferred);
        double[][] to = finite("given", given);
        double[][] aligned = new double[from.length][manifold.embeddingSize()];
        double agreement = Double.POSITIVE_INFINITY;
        int offset = 0;
        for (Manifold factor : manifold.factors()) {
            int size = factor.embeddingSize();
            double[][] moved = ofFactor(factor, columns(from, offset, size), columns(to, offset, size));
            agreement = Math.min(agreement, agreement(factor, moved, columns(to, offset, size)));
            for (int t = 0; t < moved.length; t++) {
                System.arraycopy(moved[t], 0, aligned[t], offset, size);
            }
            offset += size;
        }
        double[] errors = new double[from.length];
        Arrays.setAll(errors, t -> manifold.distance(aligned[t], to[t]));
        return new LatentAlignment(
                Nd4j.createFromArray(aligned),
                Nd4j.createFromArray(errors),
                agreement,
                distanceCorrelation(manifold, from, manifold, to));
    }

    private static double[][] finite(String argument, INDArray latents) {
        double[][] rows = DoubleRows.of(latents);
        for (int t = 0; t < rows.length; t++) {
            for (double value : rows[t]) {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException("row %d of %s is %s but must be finite; leave the time out"
                            .formatted(t, argument, Arrays.toString(rows[t])));
                }
            }
        }
        return rows;
    }

    private static double[][] columns(double[][] rows, int from, int size) {
        return Arrays.stream(rows)
                .map(row -> Arrays.copyOfRange(row, from, from + size))
                .toArray(double[][]::new);
    }

    private static double agreement(Manifold factor, double[][] aligned, double[][] given) {
        if (!factor.isCompact()) {
            double[] mean = mean(given);
            double unexplained = 0;
            double total = 0;
            for (int t = 0; t < given.length; t++) {
                unexplained += Math.pow(factor.distance(aligned[t], given[t]), 2);
                total += Math.pow(factor.distance(mean, given[t]), 2);
            }
            return 1 - unexplained / total;
        }
        if (factor instanceof Torus) {
            double least = 1;
            for (int j = 0; j < factor.dimension(); j++) {
                double sum = 0;
                for (int t = 0; t < given.length; t++) {
                    sum += Math.cos(aligned[t][j] - given[t][j]);
                }
                least = Math.min(least, sum / given.length);
            }
            return least;
        }
        double sum = 0;
        for (int t = 0; t < given.length; t++) {
            sum += Math.cos(factor.distance(aligned[t], given[t]));
        }
        return sum / given.length;
    }

    private static double[][] ofFactor(Manifold factor, double[][] from, double[][] to) {
        if (factor instanceof Torus) {
            return ofTorus(from, to);
        }
        if (factor instanceof EuclideanSpace) {
            return ofEuclideanSpace(from, to);
        }
        boolean upToSign = factor.components(false).get(0).form() == ChordalComponent.Form.SQUARED_INNER_PRODUCT;
        return upToSign ? ofRotations(factor, from, to) : applied(from, procrustes(from, to));
    }

    /** The permutation of axes with the closest angles, each reversed and turned in the best way. */
    private static double[][] ofTorus(double[][] from, double[][] to) {
        int n = from[0].length;
        if (n > AXES) {
            throw new IllegalArgumentException(
                    "torus has %d dimensions but axes of at most %d can be assigned; align some of the columns, or use distanceCorrelation, which needs no isometry"
                            .formatted(n, AXES));
        }
        double[][][] axes = new double[n][n][];
        double[][] scores = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int sign = -1; sign <= 1; sign += 2) {
                    double[] angles = turned(from, i, sign, to, j);
                    double score = 0;
                    for (int t = 0; t < to.length; t++) {
                        score += Math.cos(angles[t] - to[t][j]) / to.length;
                    }
                    if (axes[i][j] == null || score > scores[i][j]) {
                        scores[i][j] = score;
                        axes[i][j] = angles;
                    }
                }
            }
        }
        int[] best = bestPermutation(scores);
        double[][] aligned = new double[from.length][n];
        for (int j = 0; j < n; j++) {
            for (int t = 0; t < from.length; t++) {
                aligned[t][j] = Torus.wrapped(axes[best[j]][j][t]);
            }
        }
        return aligned;
    }

    /** \(s \hat\theta - \arg \sum_t e^{i (s \hat\theta_t - \theta_t)}\). */
    private static double[] turned(double[][] from, int i, int sign, double[][] to, int j) {
        double cosine = 0;
        double sine = 0;
        for (int t = 0; t < from.length; t++) {
            double difference = sign * from[t][i] - to[t][j];
            cosine += Math.cos(difference);
            sine += Math.sin(difference);
        }
        double offset = Math.atan2(sine, cosine);
        double[] turned = new double[from.length];
        Arrays.setAll(turned, t -> sign * from[t][i] - offset);
        return turned;
    }

    /**
     * Which source each target takes, by the sum of scores: over sets of sources, the best one for as many of the first targets is that
     * of a set with one source less and the last target with this source.
     */
    private static int[] bestPermutation(double[][] scores) {
        int n = scores.length;
        double[] best = new double[1 << n];
        int[] last = new int[1 << n];
        for (int set = 1; set < best.length; set++) {
            best[set] = Double.NEGATIVE_INFINITY;
            int target = Integer.bitCount(set) - 1;
            for (int source = 0; source < n; source++) {
                if ((set & (1 << source)) != 0) {
                    double score = best[set ^ (1 << source)] + scores[source][target];
                    if (score > best[set]) {
                        best[set] = score;
                        last[set] = source;
                    }
                }
            }
        }
        int[] sources = new int[n];
        int set = best.length - 1;
        for (int target = n - 1; target >= 0; target--) {
            sources[target] = last[set];
            set ^= (1 << last[set]);
        }
        return sources;
    }

    private static double[] mean(double[][] rows) {
        double[] mean = new double[rows[0].length];
        for (double[] row : rows) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i] / rows.length;
            }
        }
        return mean;
    }

    private static double[][] shifted(double[][] rows, double[] by, int sign) {
        double[][] result = new double[rows.length][by.length];
        for (int t = 0; t < rows.length; t++) {
            for (int i = 0; i < by.length; i++) {
                result[t][i] = rows[t][i] + sign * by[i];
            }
        }
        return result;
    }

    private static double[][] ofEuclideanSpace(double[][] from, double[][] to) {
        double[] target = mean(to);
        double[][] centred = shifted(from, mean(from), -1);
        return shifted(applied(centred, procrustes(centred, shifted(to, target, -1))), target, 1);
    }

    /** The orthogonal Q with the least \(\|A Q - B\|_F\): \(U V^\top\) of \(A^\top B = U S V^\top\). */
    private static double[][] procrustes(double[][] a, double[][] b) {
        int e = a[0].length;
        double[][] cross = new double[e][e];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < e; i++) {
                for (int j = 0; j < e; j++) {
                    cross[i][j] += a[t][i] * b[t][j];
                }
            }
        }
        SingularValueDecomposition svd = SingularValueDecomposition.of(Nd4j.createFromArray(cross));
        return DoubleRows.of(svd.u().mmul(svd.v().transpose()));
    }

    private static double[][] applied(double[][] rows, double[][] q) {
        int e = q.length;
        double[][] result = new double[rows.length][e];
        for (int t = 0; t < rows.length; t++) {
            for (int i = 0; i < e; i++) {
                for (int j = 0; j < e; j++) {
                    result[t][j] += rows[t][i] * q[i][j];
                }
            }
        }
        return result;
    }

    /** Orthogonal maps of quaternions are products from both sides, perhaps with an inversion; signs are chosen in turn with them. */
    private static double[][] ofRotations(Manifold factor, double[][] from, double[][] to) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[][] best = from;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int start = 0; start < STARTS; start++) {
            double[] left = factor.randomPoint(random);
            double[] right = factor.randomPoint(random);
            boolean inverted = start % 2 == 1;
            double[][] moved = Arrays.stream(from)
                    .map(q -> UnitQuaternions.product(
                            UnitQuaternions.product(left, inverted ? UnitQuaternions.conjugate(q) : q), right))
                    .toArray(double[][]::new);
            for (int sweep = 0; sweep < SWEEPS; sweep++) {
                moved = applied(from, procrustes(from, signed(to, moved)));
            }
            double score = 0;
            for (int t = 0; t < to.length; t++) {
                score += Math.abs(Manifold.dot(moved[t], to[t]));
            }
            if (score > bestScore) {
                bestScore = score;
                best = moved;
            }
        }
        return Arrays.stream(best).map(factor::canonical).toArray(double[][]::new);
    }

    private static double[][] signed(double[][] points, double[][] like) {
        double[][] result = new double[points.length][];
        for (int t = 0; t < points.length; t++) {
            result[t] = points[t].clone();
            if (Manifold.dot(points[t], like[t]) < 0) {
                for (int i = 0; i < result[t].length; i++) {
                    result[t][i] = -result[t][i];
                }
            }
        }
        return result;
    }

    /**
     * Correlation of the squared chordal distances of all pairs of times, on two manifolds that may differ.
     *
     * @return between -1 and 1
     */
    public static double distanceCorrelation(
            Manifold manifold, INDArray latents, Manifold otherManifold, INDArray otherLatents) {
        return distanceCorrelation(manifold, DoubleRows.of(latents), otherManifold, DoubleRows.of(otherLatents));
    }

    private static double distanceCorrelation(Manifold manifold, double[][] a, Manifold other, double[][] b) {
        double[] x = chordalDistances(manifold, a);
        double[] y = chordalDistances(other, b);
        double meanX = Arrays.stream(x).average().orElse(0);
        double meanY = Arrays.stream(y).average().orElse(0);
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < x.length; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        return xy / Math.sqrt(xx * yy);
    }

    private static double[] chordalDistances(Manifold manifold, double[][] points) {
        KernelSettings settings = new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, 1);
        double[][] projected = Arrays.stream(points).map(manifold::project).toArray(double[][]::new);
        double[] scales = new double[manifold.lengthScales(false)];
        Arrays.fill(scales, 1);
        InducingKernel kernel = new InducingKernel("distances", manifold, settings, projected, 1, scales);
        double[] matrix = kernel.matrix();
        int n = points.length;
        double[] distances = new double[n * (n - 1) / 2];
        int at = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                distances[at++] = -2 * Math.log(Math.max(matrix[i * n + j], Double.MIN_NORMAL));
            }
        }
        return distances;
    }
}
